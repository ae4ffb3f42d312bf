import { randomBytes } from 'node:crypto';
import { type JsonReply, type JsonRequest, type JsonServer, reply, startJsonServer } from './json-server.ts';

interface Key {
  readonly hash: string;
  readonly key: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const DEFAULT_WORKSPACE = 'default';
const PAGE = 100;

/**
 * In the place of OpenRouter: a fake that follows the documented schema of its key management
 * (https://openrouter.ai/docs/api/api-reference/api-keys/create-a-new-api-key). It knows nothing besides.
 */
export interface FakeOpenrouter {
  readonly server: JsonServer;
  readonly managementKey: string;
  /** A key that is known, and no management key. */
  readonly weakKey: string;
  readonly keys: Map<string, Key>;
  readonly asked: string[];
  /** Taken before, or after, the true answer; what it gives is the answer. */
  before: (request: JsonRequest) => JsonReply | 'hang' | 'cut' | undefined;
  after: (request: JsonRequest, answer: JsonReply) => JsonReply | 'hang' | 'cut' | undefined;
}

const random = () => randomBytes(16).toString('hex');

export async function startFakeOpenrouter(): Promise<FakeOpenrouter> {
  const fake: Omit<FakeOpenrouter, 'server'> = {
    managementKey: `manage-${random()}`,
    weakKey: `weak-${random()}`,
    keys: new Map(),
    asked: [],
    before: () => undefined,
    after: () => undefined,
  };
  const all = fake as FakeOpenrouter;
  const server = await startJsonServer((request) => {
    fake.asked.push(`${request.method} ${request.path}`);
    const answer = all.before(request) ?? answerOf(all, request);
    return typeof answer === 'string' ? answer : (all.after(request, answer) ?? answer);
  });
  return Object.assign(all, { server });
}

const error = (code: number, message: string) => reply(code, { error: { code, message } });

function answerOf(fake: FakeOpenrouter, request: JsonRequest): JsonReply {
  if (request.path === '/api/v1/key') return current(fake, request);
  if (request.bearer === fake.weakKey) return error(403, 'Only management keys can perform this operation');
  if (request.bearer !== fake.managementKey) return error(401, 'Missing Authentication header');
  const hash = request.path.slice('/api/v1/keys'.length).slice(1);
  if (hash === '') return request.method === 'POST' ? create(fake, request.body ?? {}) : list(fake, request.query);
  const key = fake.keys.get(hash);
  if (key === undefined) return error(404, 'API key not found');
  if (request.method === 'DELETE') {
    fake.keys.delete(hash);
    return reply(200, { deleted: true });
  }
  return reply(200, { data: told(key) });
}

const told = ({ hash, settings }: Key) => ({
  hash,
  name: settings['name'],
  label: 'sk-…',
  disabled: false,
  limit: settings['limit'] ?? null,
  limit_remaining: settings['limit'] ?? null,
  limit_reset: settings['limit_reset'] ?? null,
  include_byok_in_limit: settings['include_byok_in_limit'] ?? false,
  usage: 0,
  created_at: new Date().toISOString(),
  updated_at: null,
  expires_at: settings['expires_at'] ?? null,
});

function create({ keys }: FakeOpenrouter, settings: Readonly<Record<string, unknown>>): JsonReply {
  const key: Key = { hash: random() + random(), key: `made-${random()}${random()}`, settings };
  keys.set(key.hash, key);
  return reply(201, { key: key.key, data: told(key) });
}

function list({ keys }: FakeOpenrouter, query: URLSearchParams): JsonReply {
  const workspace = query.get('workspace_id') ?? DEFAULT_WORKSPACE;
  const all = [...keys.values()].filter(({ settings }) => (settings['workspace_id'] ?? DEFAULT_WORKSPACE) === workspace);
  const offset = Number(query.get('offset') ?? 0);
  return reply(200, { data: all.slice(offset, offset + PAGE).map(told) });
}

function current({ keys }: FakeOpenrouter, { bearer }: JsonRequest): JsonReply {
  const found = [...keys.values()].find(({ key }) => key === bearer);
  const end = Date.parse(String(found?.settings['expires_at']));
  const good = found !== undefined && (Number.isNaN(end) || end > Date.now());
  return good ? reply(200, { data: { label: 'sk-…', usage: 0 } }) : error(401, 'No auth credentials found');
}

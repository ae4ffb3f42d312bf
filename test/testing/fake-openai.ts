import { randomBytes } from 'node:crypto';
import { type JsonReply, type JsonRequest, type JsonServer, reply, startJsonServer } from './json-server.ts';

interface Key {
  readonly id: string;
  readonly value: string;
  readonly scopes: readonly string[] | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number | null;
}

interface Account {
  readonly id: string;
  readonly name: string;
  readonly keys: Key[];
}

/**
 * In the place of OpenAI: a fake that follows the documented schema of project service accounts and their keys
 * (https://platform.openai.com/docs/api-reference/project-service-accounts). It knows nothing besides.
 */
export interface FakeOpenai {
  readonly server: JsonServer;
  readonly project: string;
  readonly adminKey: string;
  /** An admin key that may not manage service accounts. */
  readonly weakKey: string;
  readonly accounts: Map<string, Account>;
  readonly asked: string[];
  /** Taken before, or after, the true answer; what it gives is the answer. */
  before: (request: JsonRequest) => JsonReply | 'hang' | 'cut' | undefined;
  after: (request: JsonRequest, answer: JsonReply) => JsonReply | 'hang' | 'cut' | undefined;
}

const random = () => randomBytes(12).toString('hex');

export async function startFakeOpenai(): Promise<FakeOpenai> {
  const fake: Omit<FakeOpenai, 'server'> = {
    project: `proj_${random()}`,
    adminKey: `admin-${random()}`,
    weakKey: `admin-${random()}`,
    accounts: new Map(),
    asked: [],
    before: () => undefined,
    after: () => undefined,
  };
  const all = fake as FakeOpenai;
  const server = await startJsonServer((request) => {
    fake.asked.push(`${request.method} ${request.path}`);
    const answer = all.before(request) ?? answerOf(all, request);
    return typeof answer === 'string' ? answer : (all.after(request, answer) ?? answer);
  });
  return Object.assign(all, { server });
}

const error = (status: number, code: string, message: string) =>
  reply(status, { error: { type: 'invalid_request_error', code, message } });

function answerOf(fake: FakeOpenai, request: JsonRequest): JsonReply {
  if (request.path === '/v1/models') return models(fake, request);
  const below = `/v1/organization/projects/${fake.project}`;
  // As the real one does, it repeats a part of what it does not know.
  if (request.bearer !== fake.adminKey && request.bearer !== fake.weakKey) {
    return error(401, 'invalid_api_key', `Incorrect API key provided: ${request.bearer}`);
  }
  if (request.path === below) return reply(200, { id: fake.project, object: 'organization.project', status: 'active' });
  if (!request.path.startsWith(`${below}/service_accounts`)) return error(404, 'not_found', 'No such project');
  if (request.bearer === fake.weakKey) return error(403, 'missing_scope', 'Missing scopes: api.management.write');
  const [id, keys] = request.path.slice(`${below}/service_accounts`.length).split('/').slice(1);
  if (id === undefined) return request.method === 'POST' ? create(fake, request.body ?? {}) : list(fake, request.query);
  const account = fake.accounts.get(id);
  if (account === undefined) return error(404, 'not_found', 'No such service account');
  if (keys === 'api_keys' && request.method === 'POST') return reply(200, addKey(account, request.body ?? {}));
  if (request.method === 'DELETE') {
    fake.accounts.delete(id);
    return reply(200, { object: 'organization.project.service_account.deleted', id, deleted: true });
  }
  return reply(200, told(account));
}

const told = ({ id, name }: Account) => ({
  object: 'organization.project.service_account',
  id,
  name,
  role: 'member',
  created_at: Math.floor(Date.now() / 1000),
});

function create({ accounts }: FakeOpenai, body: Readonly<Record<string, unknown>>): JsonReply {
  const account: Account = { id: `svc_acct_${random()}`, name: String(body['name']), keys: [] };
  accounts.set(account.id, account);
  return reply(200, { ...told(account), api_key: addKey(account, body) });
}

function addKey(account: Account, body: Readonly<Record<string, unknown>>) {
  const seconds = body['expires_in_seconds'];
  const expiresAt = typeof seconds === 'number' ? Math.floor(Date.now() / 1000) + seconds : null;
  const scopes = body['scopes'] as readonly string[] | undefined;
  const key: Key = { id: `key_${random()}`, value: `made-${random()}${random()}`, scopes, expiresAt };
  account.keys.push(key);
  const { id, value } = key;
  const object = 'organization.project.service_account.api_key';
  return { object, id, value, name: 'Secret Key', created_at: Math.floor(Date.now() / 1000), expires_at: expiresAt };
}

function list({ accounts }: FakeOpenai, query: URLSearchParams): JsonReply {
  const all = [...accounts.values()];
  const limit = Number(query.get('limit') ?? 20);
  const start = query.get('after') === null ? 0 : all.findIndex(({ id }) => id === query.get('after')) + 1;
  const page = all.slice(start, start + limit);
  return reply(200, {
    object: 'list',
    data: page.map(told),
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: start + limit < all.length,
  });
}

function models({ accounts }: FakeOpenai, { bearer }: JsonRequest): JsonReply {
  const key = [...accounts.values()].flatMap(({ keys }) => keys).find(({ value }) => value === bearer);
  const good = key !== undefined && (key.expiresAt === null || key.expiresAt > Date.now() / 1000);
  return good ? reply(200, { object: 'list', data: [] }) : error(401, 'invalid_api_key', 'Incorrect API key provided');
}

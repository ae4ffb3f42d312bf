import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import { type FakeVendor, jsonObject, startFakeVendor, type VendorAsked, type VendorSays } from './fake-vendor.ts';

export const APP = '1234567';
export const INSTALLATION = 7654321;
/** Of the same App, where it was granted nothing but metadata. */
export const POOR_INSTALLATION = 7654322;
export const OWNER = 'vision-lab';

interface Token {
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositories: readonly { readonly id: number; readonly name: string }[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** How often it is still good after it was taken back. */
  lag: number | undefined;
}

/**
 * In the place of GitHub's REST API, after https://docs.github.com/en/rest/apps: verifies the App's JWTs as they are described, and
 * gives and takes back tokens of installations. A fake: it decides nothing else that GitHub decides.
 */
export interface FakeGithub extends FakeVendor {
  /** PEM, PKCS #1, as GitHub gives it. */
  readonly privateKey: string;
  readonly tokens: Map<string, Token>;
  readonly repositories: readonly { readonly id: number; readonly name: string }[];
  suspended: boolean;
  /** How often a token is still good after it was taken back. */
  lag: number;
  /** What is changed in the answer to a request for a token. */
  twist: Readonly<Record<string, unknown>>;
}

const message = (status: number, text: string): VendorSays => ({
  status,
  json: { message: text, documentation_url: 'https://docs.github.com/rest' },
});
const levels = ['read', 'write', 'admin'];

export async function startFakeGithub(): Promise<FakeGithub> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state: State = {
    tokens: new Map(),
    repositories: [
      { id: 11, name: 'features' },
      { id: 12, name: 'weights' },
      { id: 13, name: 'secrets' },
    ],
    suspended: false,
    lag: 0,
    twist: {},
  };
  const isApp = async (jwt: string): Promise<boolean> => {
    try {
      const { payload } = await jwtVerify(jwt, publicKey, { algorithms: ['RS256'], issuer: APP, requiredClaims: ['iat', 'exp'] });
      const now = Date.now() / 1000;
      return (payload.iat ?? Number.POSITIVE_INFINITY) <= now && (payload.exp ?? 0) <= now + 600;
    } catch {
      return false;
    }
  };
  const vendor = await startFakeVendor(async (asked) => {
    const { headers, path, bearer } = asked;
    if (headers['user-agent'] === undefined) return message(403, 'Request forbidden by administrative rules.');
    if (headers['x-github-api-version'] !== '2022-11-28') return message(400, 'is not a supported version');
    if (headers.accept !== 'application/vnd.github+json') return message(415, 'Unsupported Media Type');
    const ofApp = path.startsWith('/app') || path.endsWith('/installation');
    if (ofApp) return (await isApp(bearer)) ? answerApp(asked, state) : message(401, 'A JSON web token could not be decoded');
    return answerToken(asked, state);
  });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return Object.assign(state, vendor, { privateKey: pem });
}

type State = Pick<FakeGithub, 'tokens' | 'repositories' | 'suspended' | 'lag' | 'twist'>;

const permissionsOf = (id: number): Record<string, string> =>
  id === INSTALLATION ? { contents: 'write', issues: 'read', metadata: 'read', members: 'read' } : { metadata: 'read' };

function answerApp({ method, path, body }: VendorAsked, state: State): VendorSays {
  if (method === 'GET' && path === '/app') return { status: 200, json: { id: Number(APP), slug: 'watchword' } };
  const repository = /^\/repos\/([^/]+)\/([^/]+)\/installation$/.exec(path);
  if (repository !== null) {
    const known = repository[1] === OWNER && state.repositories.some(({ name }) => name === repository[2]);
    return known ? { status: 200, json: { id: INSTALLATION } } : message(404, 'Not Found');
  }
  const [, digits, tokens] = /^\/app\/installations\/(\d+)(\/access_tokens)?$/.exec(path) ?? [];
  const id = Number(digits);
  if (id !== INSTALLATION && id !== POOR_INSTALLATION) return message(404, 'Not Found');
  if (tokens === undefined) {
    const suspended = state.suspended ? '2026-01-01T00:00:00Z' : null;
    return { status: 200, json: { id, account: { login: OWNER }, permissions: permissionsOf(id), suspended_at: suspended } };
  }
  if (method !== 'POST') return message(404, 'Not Found');
  return state.suspended ? message(403, 'This installation has been suspended') : newToken(id, jsonObject(body) ?? {}, state);
}

function newToken(id: number, body: Readonly<Record<string, unknown>>, state: State): VendorSays {
  const granted = permissionsOf(id);
  const {
    repositories: names,
    repository_ids: ids,
    permissions = granted,
  } = body as {
    repositories?: string[];
    repository_ids?: number[];
    permissions?: Record<string, string>;
  };
  const wider = ([name, level]: [string, string]) => levels.indexOf(level) > levels.indexOf(granted[name] ?? '');
  if (Object.entries(permissions).some(wider)) {
    return message(422, 'The permissions requested are not granted to this installation.');
  }
  const chosen = state.repositories.filter((one) => names?.includes(one.name) || ids?.includes(one.id));
  if (chosen.length < (names?.length ?? 0) + (ids?.length ?? 0)) {
    return message(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
  }
  const selected = names !== undefined || ids !== undefined;
  const token = `issued-${randomBytes(120).toString('base64url')}`;
  const expiresAt = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;
  const repositories = selected ? chosen : state.repositories;
  state.tokens.set(token, { permissions: { ...permissions, metadata: 'read' }, repositories, expiresAt, lag: undefined });
  const json = {
    token,
    expires_at: new Date(expiresAt).toISOString().replace('.000', ''),
    permissions: { ...permissions, metadata: 'read' },
    repository_selection: selected ? 'selected' : 'all',
    ...(selected ? { repositories } : {}),
    ...state.twist,
  };
  return { status: 201, json };
}

function answerToken({ method, path, bearer }: VendorAsked, state: State): VendorSays {
  const token = state.tokens.get(bearer);
  const ended = token?.lag !== undefined && token.lag-- <= 0;
  if (token === undefined || ended || token.expiresAt <= Date.now()) return message(401, 'Bad credentials');
  if (method === 'DELETE' && path === '/installation/token') {
    token.lag = state.lag;
    return { status: 204 };
  }
  if (path === '/installation/repositories') return { status: 200, json: { repositories: token.repositories.slice(0, 1) } };
  const contents = /^\/repos\/([^/]+)\/([^/]+)\/contents\//.exec(path);
  const seen = contents?.[1] === OWNER && token.repositories.some(({ name }) => name === contents[2]);
  const needed = method === 'PUT' ? 'write' : 'read';
  const may = levels.indexOf(token.permissions['contents'] ?? '') >= levels.indexOf(needed);
  if (!seen) return message(404, 'Not Found');
  return may ? { status: 200, json: {} } : message(403, 'Resource not accessible by integration');
}

import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import { type FakeVendor, jsonObject, startFakeVendor, type VendorAsked, type VendorSays } from './fake-vendor.ts';

export const CONFIGURED = 'watchword@lab.iam.gserviceaccount.com';
export const POWERLESS = 'powerless@lab.iam.gserviceaccount.com';
export const ACCOUNT = 'trainer@lab.iam.gserviceaccount.com';
export const BUCKET = 'features';

interface Rule {
  readonly availableResource: string;
  readonly availablePermissions: readonly string[];
  readonly availabilityCondition?: { readonly expression: string };
}

interface Token {
  readonly email: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly rules?: readonly Rule[];
}

/**
 * In the place of three services of Google and of its storage, after their documentation: verifies signed statements, gives tokens of
 * accounts, narrows them by the rules of a boundary, and lets them in. A fake: it knows five roles, and the two conditions about names.
 */
export interface FakeGcp extends FakeVendor {
  /** The key file of an account. */
  keyFile(email: string): string;
  readonly tokens: Map<string, Token>;
  /** Seconds that tokens of accounts are good for beyond what was asked. */
  excess: number;
  /** Whether the exchange says for how long a token is good. */
  saysExpiry: boolean;
}

const failure = (status: number, word: string, text: string): VendorSays => ({
  status,
  json: { error: { code: status, status: word, message: text } },
});
const oauthFailure = (error: string, description: string): VendorSays => ({
  status: 400,
  json: { error, error_description: description },
});

export async function startFakeGcp(): Promise<FakeGcp> {
  const pairs = new Map([CONFIGURED, POWERLESS].map((email) => [email, generateKeyPairSync('rsa', { modulusLength: 2048 })]));
  const state: State = { tokens: new Map(), excess: 0, saysExpiry: false };
  const publicKeys = new Map([...pairs].map(([email, { publicKey }]) => [email, publicKey]));
  const vendor = await startFakeVendor((asked) => {
    if (asked.path === '/token') return signIn(asked, publicKeys, state);
    if (asked.path === '/v1/token') return exchange(asked, state);
    if (asked.path.startsWith('/storage/v1/')) return store(asked, state);
    return generate(asked, state);
  });
  const keyFile = (email: string) =>
    JSON.stringify({
      type: 'service_account',
      project_id: 'lab',
      private_key_id: 'abc123',
      private_key: pairs.get(email)?.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      // Where a file leads is nobody's word.
      token_uri: 'https://127.0.0.1:9/token',
    });
  return Object.assign(state, vendor, { keyFile });
}

type State = Pick<FakeGcp, 'tokens' | 'excess' | 'saysExpiry'>;

function give(state: State, token: Token): string {
  const text = `issued.${randomBytes(60).toString('base64url')}`;
  state.tokens.set(text, token);
  return text;
}

async function signIn({ body, headers }: VendorAsked, keys: ReadonlyMap<string, KeyObject>, state: State): Promise<VendorSays> {
  const form = new URLSearchParams(body);
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return oauthFailure('invalid_request', 'no form');
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
    return oauthFailure('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
  }
  const assertion = form.get('assertion') ?? '';
  const claims = jsonObject(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) ?? {};
  const email = String(claims['iss']);
  const key = keys.get(email);
  try {
    if (key === undefined) throw new Error('no such account');
    const audience = `https://${headers['host']}/token`;
    const { payload } = await jwtVerify(assertion, key, { algorithms: ['RS256'], audience, requiredClaims: ['iat', 'exp'] });
    if ((payload.exp ?? 0) - (payload.iat ?? 0) > 3600) throw new Error('too long');
  } catch {
    return oauthFailure('invalid_grant', `Invalid JWT Signature: ${assertion}`);
  }
  const scopes = String(claims['scope']).split(' ');
  const access_token = give(state, { email, scopes, expiresAt: Date.now() + 3_599_000 });
  return { status: 200, json: { access_token, expires_in: 3599, token_type: 'Bearer' } };
}

function generate({ method, path, bearer, body }: VendorAsked, state: State): VendorSays {
  const [, email = ''] = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(path) ?? [];
  if (method !== 'POST' || email === '') return failure(404, 'NOT_FOUND', 'Method not found.');
  const caller = state.tokens.get(bearer);
  if (caller === undefined) return failure(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
  const mayAsk = caller.scopes.some((scope) => /\/auth\/(?:iam|cloud-platform)$/.test(scope));
  if (!mayAsk) return failure(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.');
  if (caller.email !== CONFIGURED || email !== ACCOUNT) {
    return failure(
      403,
      'PERMISSION_DENIED',
      "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    );
  }
  const { scope, lifetime = '3600s' } = (jsonObject(body) ?? {}) as { scope?: string[]; lifetime?: string };
  const seconds = Number(/^(\d+)s$/.exec(lifetime)?.[1]);
  if (!Array.isArray(scope) || scope.length === 0) return failure(400, 'INVALID_ARGUMENT', 'scope is required.');
  if (!(seconds > 0 && seconds <= 3600)) return failure(400, 'INVALID_ARGUMENT', 'lifetime is out of range.');
  const expiresAt = Math.floor(Date.now() / 1000 + seconds + state.excess) * 1000;
  const accessToken = give(state, { email, scopes: scope, expiresAt });
  return { status: 200, json: { accessToken, expireTime: new Date(expiresAt).toISOString() } };
}

function exchange({ body, headers }: VendorAsked, state: State): VendorSays {
  const form = new URLSearchParams(body);
  const kind = 'urn:ietf:params:oauth:token-type:access_token';
  if (headers.authorization !== undefined) return oauthFailure('invalid_request', 'an Authorization header is not expected');
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange')
    return oauthFailure('invalid_request', 'grant_type');
  if (form.get('subject_token_type') !== kind || form.get('requested_token_type') !== kind) {
    return oauthFailure('invalid_request', 'token types');
  }
  const subject = state.tokens.get(form.get('subject_token') ?? '');
  if (subject === undefined) return oauthFailure('invalid_grant', `the subject token ${form.get('subject_token')} is unknown`);
  if (!subject.scopes.includes('https://www.googleapis.com/auth/cloud-platform')) return oauthFailure('invalid_grant', 'scope');
  const options = form.get('options') ?? '';
  const boundary = jsonObject(options)?.['accessBoundary'] as { accessBoundaryRules?: Rule[] } | undefined;
  const rules = boundary?.accessBoundaryRules ?? [];
  if (options.length > 2048 || rules.length === 0 || rules.length > 10) return oauthFailure('invalid_request', 'options');
  const access_token = give(state, { ...subject, rules });
  const expires_in = Math.floor((subject.expiresAt - Date.now()) / 1000);
  return {
    status: 200,
    json: { access_token, issued_token_type: kind, token_type: 'Bearer', ...(state.saysExpiry ? { expires_in } : {}) },
  };
}

/** What each role holds, of what is tried here. https://cloud.google.com/storage/docs/access-control/iam-roles */
const rights: Readonly<Record<string, readonly string[]>> = {
  'inRole:roles/storage.legacyObjectReader': ['get'],
  'inRole:roles/storage.legacyBucketReader': ['list'],
  'inRole:roles/storage.objectCreator': ['create'],
  'inRole:roles/storage.legacyBucketWriter': ['create', 'delete', 'list'],
};

function store({ method, path, query, bearer }: VendorAsked, state: State): VendorSays {
  const token = state.tokens.get(bearer);
  if (token === undefined || token.expiresAt <= Date.now()) return failure(401, 'UNAUTHENTICATED', 'Invalid Credentials');
  const [, bucket, name] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(path) ?? [];
  const right = name === undefined ? 'list' : ({ GET: 'get', DELETE: 'delete' }[method] ?? 'create');
  const resource = `projects/_/buckets/${bucket}${name === undefined ? '' : `/objects/${name}`}`;
  const admits = ({ availableResource, availablePermissions, availabilityCondition }: Rule) =>
    availableResource === `//storage.googleapis.com/projects/_/buckets/${bucket}` &&
    availablePermissions.some((role) => rights[role]?.includes(right)) &&
    holds(availabilityCondition?.expression, resource, query.get('prefix') ?? '');
  const allowed = token.rules === undefined || token.rules.some(admits);
  return allowed ? { status: 200, json: {} } : failure(403, 'PERMISSION_DENIED', 'does not have access to the bucket');
}

function holds(expression: string | undefined, resource: string, prefix: string): boolean {
  if (expression === undefined) return true;
  const name = /^resource\.name\.startsWith\('([^']*)'\)$/.exec(expression)?.[1];
  if (name !== undefined) return resource.startsWith(name);
  const listed = /^api\.getAttribute\('storage\.googleapis\.com\/objectListPrefix', ''\)\.startsWith\('([^']*)'\)$/.exec(
    expression,
  )?.[1];
  return listed !== undefined && prefix.startsWith(listed);
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type FakeVendor, jsonObject, startFakeVendor, type VendorAsked, type VendorSays } from './fake-vendor.ts';

const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';
const YEAR_S = 31_536_000;

/** The account that may ask for the tokens of others, and one that may log in alone. */
export const ISSUER = 'watchword/issuer';
export const POWERLESS = 'watchword/powerless';

/**
 * In the place of an API server, after the documented schemas of authentication.k8s.io/v1 (TokenRequest) and
 * authorization.k8s.io/v1 (SelfSubjectAccessReview). A fake: it has accounts, and no RBAC but one list.
 */
export interface FakeKubernetes extends FakeVendor {
  /** A token of an account, with which it logs in here. */
  tokenOf(account: string): Promise<string>;
  /** `namespace/name` of every account. */
  readonly accounts: Set<string>;
  /** Of whom {@link ISSUER} may ask for tokens: `namespace/name`, or `*`. */
  readonly allowed: Set<string>;
  /** Seconds; what `--service-account-max-token-expiration` says. */
  longest: number;
  /** What is changed in the claims of tokens before they are signed. */
  twist: JWTPayload;
}

const status = (code: number, message: string): VendorSays => ({
  status: code,
  json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
});

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state = {
    accounts: new Set(['training/trainer', 'serving/trainer', ISSUER, POWERLESS]),
    allowed: new Set(['training/trainer', 'serving/trainer']),
    longest: 86_400,
    twist: {} as JWTPayload,
  };
  const vendor = await startFakeVendor(async (asked) => {
    const account = await accountOf(asked.bearer, publicKey, state.accounts);
    if (account === undefined) return status(401, 'Unauthorized');
    return await answer(asked, account, state, privateKey);
  });
  const tokenOf = (account: string) => sign(claimsOf(account, { audiences: [API_AUDIENCE], seconds: 3600 }), privateKey);
  return Object.assign(state, vendor, { tokenOf });
}

type State = Pick<FakeKubernetes, 'accounts' | 'allowed' | 'longest' | 'twist'>;

async function answer(asked: VendorAsked, account: string, state: State, key: KeyObject): Promise<VendorSays> {
  const { method, path } = asked;
  const body = jsonObject(asked.body);
  const may = (wanted: string) => account === ISSUER && (state.allowed.has(wanted) || state.allowed.has('*'));
  const pods = /^\/api\/v1\/namespaces\/([^/]+)\/pods$/.exec(path);
  if (method === 'GET' && pods !== null) {
    return account.startsWith(`${pods[1]}/`)
      ? { status: 200, json: { kind: 'PodList', items: [] } }
      : status(403, 'pods is forbidden');
  }
  if (asked.headers['content-type'] !== 'application/json' || body === undefined) return status(415, 'unsupported media type');
  if (method === 'POST' && path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    const spec = body['spec'] as { resourceAttributes: Record<string, string> };
    const { namespace, name, verb, resource, subresource } = spec.resourceAttributes;
    const right = verb === 'create' && resource === 'serviceaccounts' && subresource === 'token';
    const allowed = right && may(namespace === '' ? '*' : `${namespace}/${name}`);
    return { status: 201, json: { ...body, status: { allowed } } };
  }
  const token = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts\/([^/]+)\/token$/.exec(path);
  if (method !== 'POST' || token === null) return status(404, 'the server could not find the requested resource');
  const wanted = `${token[1]}/${token[2]}`;
  if (!may(wanted))
    return status(403, `serviceaccounts "${token[2]}" is forbidden: cannot create resource "serviceaccounts/token"`);
  if (!state.accounts.has(wanted)) return status(404, `serviceaccounts "${token[2]}" not found`);
  return await tokenFor(wanted, body, state, key);
}

async function tokenFor(
  account: string,
  body: Readonly<Record<string, unknown>>,
  state: State,
  key: KeyObject,
): Promise<VendorSays> {
  const { audiences, expirationSeconds } = body['spec'] as { audiences?: string[]; expirationSeconds?: number };
  if (body['apiVersion'] !== 'authentication.k8s.io/v1' || body['kind'] !== 'TokenRequest') return status(400, 'no TokenRequest');
  if (!Array.isArray(audiences) || typeof expirationSeconds !== 'number') return status(422, 'spec: Required value');
  if (expirationSeconds < 600) return status(422, 'spec.expirationSeconds: may not specify a duration less than 10 minutes');
  const seconds = Math.min(expirationSeconds, state.longest);
  const own = audiences.length === 0;
  // As it does for the kubelets of old, where --service-account-extend-token-expiration is on.
  const extended = own && expirationSeconds === 3607 ? YEAR_S : seconds;
  const claims = claimsOf(account, { audiences: own ? [API_AUDIENCE] : audiences, seconds: extended });
  const expirationTimestamp = new Date(((claims.iat ?? 0) + seconds) * 1000).toISOString().replace('.000', '');
  const granted = { expirationTimestamp, token: await sign({ ...claims, ...state.twist }, key) };
  return { status: 201, json: { ...body, status: granted } };
}

function claimsOf(account: string, { audiences, seconds }: { audiences: string[]; seconds: number }): JWTPayload {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: API_AUDIENCE,
    sub: `system:serviceaccount:${account.replace('/', ':')}`,
    aud: audiences,
    iat,
    exp: iat + seconds,
  };
}

const sign = (claims: JWTPayload, key: KeyObject) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);

async function accountOf(token: string, key: KeyObject, accounts: ReadonlySet<string>): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, { audience: API_AUDIENCE, algorithms: ['RS256'] });
    const account = payload.sub?.replace('system:serviceaccount:', '').replace(':', '/') ?? '';
    return accounts.has(account) ? account : undefined;
  } catch {
    return undefined;
  }
}

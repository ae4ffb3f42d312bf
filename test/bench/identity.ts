import { createHash, generateKeyPairSync, type KeyObject, randomInt, randomUUID, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RunningServer, startServer } from '../testing/server.ts';
import type { Bench, BenchResult } from './bench.ts';
import { startAnchor } from './load/anchor-process.ts';
import { CONNECTIONS, generatorName, type Load } from './load/generator.ts';
import { residentMiB, syncLatency } from './load/machine.ts';
import { fillTokens } from './load/token-store.ts';
import { mean, rounded, trial } from './load/trial.ts';

const repository = join(import.meta.dirname, '../..');
const AUDIENCE = 'https://watchword.bench';
const ROLE = 'bench';
const SUBJECTS = 300;
/** A login waits for the disk three times: so many at once keep the server busy meanwhile. */
const BUSY = 96;
/** Milliseconds that a login takes at half load, about: so that the pauses give half the rate. */
const LATENCY = 8;

/**
 * Logins with a platform's token (ES256, keys from an issuer on this machine, token issued, audited durably) and look-ups of the
 * tokens they gave, against a bare HTTP server measured before and after.
 * `--seconds N` and `--jwts N` make it quick; `--live N` also looks tokens up among N live ones.
 */
const bench: Bench = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '8' },
      jwts: { type: 'string', default: '20000' },
      live: { type: 'string', default: '1000000' },
    },
  });
  // In the repository, since a temporary directory may lie in memory.
  const dataDirectory = await mkdtemp(join(repository, '.bench-'));
  const settings = { seconds: Number(values.seconds), jwts: Number(values.jwts), live: Number(values.live) };
  try {
    return await measure(dataDirectory, settings);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
};

export default bench;

interface Settings {
  readonly seconds: number;
  readonly jwts: number;
  readonly live: number;
}

async function measure(dataDirectory: string, { seconds, jwts, live }: Settings): Promise<BenchResult> {
  const load = loadavg()[0] ?? 0;
  const issuer = await startIssuer();
  const anchor = await startAnchor();
  let server = await startServer({ dataDirectory });
  try {
    await configure(server, issuer.url);
    const file = join(dataDirectory, 'logins');
    await writeFile(file, `${Array.from({ length: jwts }, () => issuer.login()).join('\n')}\n`);
    const logins = { path: '/v1/auth/jwt/login', file };
    const onServer = (kind: Load['kind'], more: Partial<Load> = {}) =>
      trial(kind, server.process.pid, { url: server.url, kind, seconds, logins, ...more });
    const onAnchor = () => trial('anchor', anchor.pid, { url: anchor.url, kind: 'constant', seconds });

    await onServer('login', { seconds: 3, connections: BUSY });
    const anchors = [await onAnchor()];
    const full = await onServer('login', { connections: BUSY });
    anchors.push(await onAnchor());
    const half = await onServer('login', { thinkMs: Math.max(1, Math.round((2 * CONNECTIONS * 1000) / full.rate - LATENCY)) });
    const memory = residentMiB(server.process.pid ?? 0);
    const tokens = await Promise.all(Array.from({ length: 64 }, () => logIn(server, issuer.login())));
    const few = await onServer('lookup', { tokens });
    await server.stop();
    const fillSeconds = await fillTokens(dataDirectory, live);
    server = await startServer({ dataDirectory });
    await onServer('lookup', { tokens, seconds: 2 });
    const many = await onServer('lookup', { tokens });
    const rate = mean(anchors.map((one) => one.rate));
    return {
      ratios: { 'logins / anchor': full.rate / rate, 'look-up rate among many tokens / few': many.rate / few.rate },
      figures: {
        'load generator, full load': { value: BUSY, unit: `connections of ${generatorName}` },
        'load generator, half load': { value: CONNECTIONS, unit: 'connections' },
        'load average before': rounded(load, 'processes'),
        'fdatasync of this disk, median': rounded(syncLatency(dataDirectory), 'ms'),
        'anchor rate': rounded(rate, 'requests/s'),
        'login rate': rounded(full.rate, 'logins/s'),
        'login CPU': rounded(full.cpu, 'µs/login'),
        'login p50': rounded(full.p50, 'ms'),
        'login p99': rounded(full.p99, 'ms'),
        'login rate at half load': rounded(half.rate, 'logins/s'),
        'login p50 at half load': rounded(half.p50, 'ms'),
        'login p99 at half load': rounded(half.p99, 'ms'),
        'resident memory after the logins': rounded(memory, 'MiB'),
        'live tokens': { value: live, unit: 'tokens' },
        'making them': rounded(fillSeconds, 's'),
        'look-up rate among few': rounded(few.rate, 'requests/s'),
        'look-up rate among many': rounded(many.rate, 'requests/s'),
        'look-up p99 among few': rounded(few.p99, 'ms'),
        'look-up p99 among many': rounded(many.p99, 'ms'),
        'fetches of the key set': { value: issuer.fetches(), unit: 'requests' },
      },
    };
  } finally {
    await server.stop();
    anchor.stop();
    issuer.stop();
  }
}

async function configure(server: RunningServer, issuer: string): Promise<void> {
  const token = await server.rootToken();
  const write = async (path: string, body: object) => {
    const headers = { 'x-vault-token': token, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`writing ${path} gave ${answer.status}: ${await answer.text()}`);
  };
  await write('sys/auth/jwt', { type: 'jwt' });
  await write('auth/jwt/config', {
    jwks_url: `${issuer}/jwks`,
    bound_issuer: issuer,
    jwt_supported_algs: ['ES256'],
    internal: true,
  });
  await write('sys/policies/acl/bench', { policy: 'path "secret/data/bench/*" { capabilities = ["read"] }' });
  await write(`auth/jwt/role/${ROLE}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [AUDIENCE],
    token_policies: ['bench'],
    token_ttl: '1h',
  });
}

async function logIn(server: RunningServer, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/v1/auth/jwt/login`, { method: 'POST', headers, body });
  return ((await answer.json()) as { auth: { client_token: string } }).auth.client_token;
}

/** A platform that signs tokens for its jobs: no token twice, a few hundred subjects, as service accounts are. */
async function startIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    fetches: () => fetches,
    login: () => JSON.stringify({ role: ROLE, jwt: signed({ issuer: url, kid, privateKey }) }),
    stop: () => void server.close(),
  };
}

function signed({ issuer, kid, privateKey }: { issuer: string; kid: string; privateKey: KeyObject }): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: issuer,
    sub: `job-${randomInt(SUBJECTS)}`,
    aud: AUDIENCE,
    iat: now,
    nbf: now,
    exp: now + 3600,
    jti: randomUUID(),
  };
  const text = `${part({ alg: 'ES256', typ: 'JWT', kid })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

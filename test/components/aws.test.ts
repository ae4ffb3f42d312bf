import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { daemonEnvironment } from '../testing/daemon.ts';
import { type StsServer, startFakeSts } from '../testing/fake-sts.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { boto3: python } = inject('services');
const SERVER = 'watchword.example';
const main = join(import.meta.dirname, '../../src/cli/main.ts');
const signer = join(import.meta.dirname, '../testing/boto3_signed_requests.py');

/** What clients send to log in, all but the role. */
type SignedRequest = Readonly<Record<string, string>>;

function run(program: string, words: readonly string[], environment: Readonly<Record<string, string>>, input = '') {
  return new Promise<string>((resolve, reject) => {
    const quiet = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' };
    const env = daemonEnvironment({ ...quiet, PYTHONDONTWRITEBYTECODE: '1', ...environment });
    const child = execFile(program, words, { env, timeout: 30_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr)),
    );
    child.stdin?.end(input);
  });
}

/** The STS is a fake of ours that verifies signatures; the client that signs is the one that users of AWS have. */
describe.skipIf(!python)('boto3', () => {
  let server: RunningServer;
  let root: VaultClient;
  let sts: StsServer;

  async function done(method: string, path: string, body?: unknown) {
    const answer = await root.send(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  const keys = async () => (await (await fetch(`${sts.url}/session`)).json()) as Readonly<Record<string, string>>;
  const logIn = (request: SignedRequest, role = 'train') =>
    root.send('POST', 'auth/aws/login', { token: null, body: { ...request, role } });

  async function signed(call: Readonly<Record<string, unknown>> = {}): Promise<SignedRequest> {
    const line = JSON.stringify({ keys: await keys(), region: 'us-east-1', server: SERVER, ...call });
    return JSON.parse(await run(python ?? '', [signer], {}, `${line}\n`));
  }

  beforeAll(async () => {
    [server, sts] = await Promise.all([startServer(), startFakeSts()]);
    root = new VaultClient(server.url, await server.rootToken());
    await done('POST', 'sys/auth/aws', { type: 'aws' });
    const config = { iam_server_id_header_value: SERVER, sts_endpoint: sts.url, internal: true };
    await done('POST', 'auth/aws/config/client', config);
    const id = sts.principal.userId.split(':')[0];
    await done('POST', 'auth/aws/role/train', { auth_type: 'iam', bound_iam_principal_id: id, token_policies: 'features' });
  });

  afterAll(async () => {
    await Promise.all([sts?.close(), server?.stop()]);
  });

  test('signs a request that logs in, once', async () => {
    const request = await signed();
    const { json } = await logIn(request);
    expect(json.auth.policies).toEqual(['default', 'features']);
    expect(json.auth.metadata).toMatchObject({ canonical_arn: 'arn:aws:iam::123456789012:role/trainer', auth_type: 'iam' });
    expect(await logIn(request)).toMatchObject({ status: 403, json: { errors: ['permission denied'] } });
  });

  test.each([
    ['with another key', async () => ({ keys: { ...(await keys()), secret: 'guessed' } })],
    ['for another server', async () => ({ server: 'other.example' })],
    ['for another region', async () => ({ region: 'eu-central-1' })],
    ['without its session', async () => ({ keys: { ...(await keys()), sessionToken: null } })],
  ])('lets nobody in who signed %s', async (_name, call) => {
    expect(await logIn(await signed(await call()))).toMatchObject({ status: 403, json: { errors: ['permission denied'] } });
  });

  test('makes the server ask nobody but the STS of its settings, wherever the request says that it goes', async () => {
    let lured = 0;
    const lure = createServer((_request, response) => {
      lured += 1;
      response.end();
    }).on('connection', () => {
      lured += 1;
    });
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
    const { port } = lure.address() as AddressInfo;
    const request = await signed();
    const before = sts.asked();
    const trusted = new URL(sts.url).host;
    const urls = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      `http://${trusted}@127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}#@${trusted}/`,
      `http://127.0.0.1:${port}\\@${trusted}/`,
      `http://127.0.0.1:${port}/?${trusted}`,
      `//127.0.0.1:${port}/`,
      `http://${trusted}/../../127.0.0.1:${port}/`,
      `http://sts.amazonaws.com\r\nHost: 127.0.0.1:${port}/`,
    ];
    for (const [index, url] of urls.entries()) {
      const lying = { ...request, iam_request_url: Buffer.from(url).toString('base64') };
      expect(await logIn(lying, `role-${index}`), url).toMatchObject({ status: 403 });
    }
    expect({ lured, asked: sts.asked() - before }).toEqual({ lured: 0, asked: 0 });
    // The same request is good where it says the truth.
    expect(await logIn(request)).toMatchObject({ status: 200 });
    await new Promise((resolve) => lure.close(resolve));
  });

  test('is not needed: our own client signs as well, once more each time', async () => {
    const { keyId, secret, sessionToken } = await keys();
    const environment = {
      VAULT_ADDR: server.url,
      AWS_ACCESS_KEY_ID: keyId ?? '',
      AWS_SECRET_ACCESS_KEY: secret ?? '',
      AWS_SESSION_TOKEN: sessionToken ?? '',
    };
    const words = ['login', '--method', 'aws', '--role', 'train', '--no-store', '--print-token', `header_value=${SERVER}`];
    const tokens = await Promise.all([1, 2].map(() => run(process.execPath, [main, ...words], environment)));
    expect(new Set(tokens).size).toBe(2);
    const self = await root.send('GET', 'auth/token/lookup-self', { token: tokens[0]?.trim() ?? '' });
    expect(self.json.data).toMatchObject({ path: 'auth/aws/login', policies: ['default', 'features'] });
  });
});

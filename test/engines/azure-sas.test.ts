import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { AzureSasRequest } from '../../src/leases/engines/azure-sas/request.ts';
import type { AzureSasRole } from '../../src/leases/engines/azure-sas/role.ts';
import { azureSasEngine } from '../../src/leases/engines/azure-sas.ts';
import { type Azurite, startAzurite } from '../testing/azurite.ts';
import { freePort } from '../testing/daemon.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const { azurite } = inject('services');
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const HOUR = 3_600_000;

const settings = ({ account, accountKey, endpoint, tlsCa }: Azurite, more: object = {}) => ({
  ...azureSasEngine.connection.initial,
  account,
  accountKey: Secret.fromText(accountKey),
  endpoint,
  tlsCa,
  ...more,
});
const textOf = (value: unknown): string => (value instanceof Secret ? value.text : String(value));

describe.skipIf(!azurite)('azure-sas, at Azurite', () => {
  conformanceSuite({
    engine: azureSasEngine,
    waitsForEnd: true,
    async start() {
      const store = await startAzurite(azurite ?? '');
      await store.createContainer('models');
      return {
        connection: settings(store),
        role: { container: 'models', permissions: 'rw' },
        async logIn(output) {
          const url = `${textOf(output['endpoint'])}/models/x?${textOf(output['sasToken'])}`;
          const use = async () => {
            const { status, code } = await store.send('PUT', url, 'weights');
            if (status !== 201) throw new Error(`${status} ${code}`);
          };
          return { use, async close() {} };
        },
        stop: store.stop,
      };
    },
  });
});

describe.skipIf(!azurite)('what a shared access signature may do', () => {
  let store: Azurite;
  beforeAll(async () => {
    store = await startAzurite(azurite ?? '');
    for (const container of ['models', 'other']) await store.createContainer(container);
    for (const path of ['models/churn/x', 'models/fraud/x', 'other/churn/x']) await store.put(path, `this is ${path}`);
  }, 60_000);
  afterAll(() => store?.stop());

  async function issue(role: Partial<AzureSasRole>, request: AzureSasRequest = {}, lifetimeMs = HOUR) {
    const whole = { ...azureSasEngine.role.initial, container: 'models', permissions: 'r', ...role };
    azureSasEngine.role.check(whole);
    const lease = newLease(lifetimeMs);
    const material = await azureSasEngine.prepare(whole, lease, on, request as never);
    const target = azureSasEngine.open(settings(store), on);
    const { output } = await target.create({ lease, role: whole, material, handle: undefined }, within(5000));
    return output as Output;
  }
  const signatureFor = async (role: Partial<AzureSasRole>, request: AzureSasRequest = {}) => {
    const sas = textOf((await issue(role, request))['sasToken']);
    /** Its status, or the code of the refusal. */
    return async (method: string, path: string, query = '', body = '') => {
      const { status, code } = await store.send(method, `${store.endpoint}/${path}?${sas}${query}`, body);
      return code ?? status;
    };
  };
  const LIST = '&restype=container&comp=list';

  test('a pipeline writes and an inference service reads one container, and neither does what the other does', async () => {
    const [pipeline, inference] = [await signatureFor({ permissions: 'cw' }), await signatureFor({ permissions: 'r' })];
    expect(await pipeline('PUT', 'models/churn/new', '', 'weights')).toBe(201);
    expect(await inference('GET', 'models/churn/new')).toBe(200);
    expect(await pipeline('GET', 'models/churn/new')).toBe('AuthorizationPermissionMismatch');
    expect(await pipeline('DELETE', 'models/churn/new')).toBe('AuthorizationPermissionMismatch');
    expect(await inference('PUT', 'models/churn/new', '', 'evil')).toBe('AuthorizationPermissionMismatch');
    expect(await inference('DELETE', 'models/churn/new')).toBe('AuthorizationPermissionMismatch');
    expect(await inference('GET', 'models', LIST)).toBe('AuthorizationPermissionMismatch');
  });

  test('each letter allows what it stands for', async () => {
    const may = await signatureFor({ permissions: 'racwdl' });
    expect(await may('GET', 'models', LIST)).toBe(200);
    expect(await may('PUT', 'models/tmp', '', 'x')).toBe(201);
    expect(await may('DELETE', 'models/tmp')).toBe(202);
    const create = await signatureFor({ permissions: 'c' });
    expect(await create('PUT', 'models/first', '', 'x')).toBe(201);
    expect(await create('PUT', 'models/first', '', 'over it')).toBe('AuthorizationPermissionMismatch');
  });

  test('another container is out of reach, and so is the account', async () => {
    const may = await signatureFor({ permissions: 'racwdl' });
    for (const path of ['other/churn/x', 'models/../other/churn/x']) expect(await may('GET', path)).toBe('AuthorizationFailure');
    expect(await may('PUT', 'other/churn/y', '', 'evil')).toBe('AuthorizationFailure');
    expect(await may('GET', '', '&comp=list')).not.toBe(200);
    expect(await may('DELETE', 'models', '&restype=container')).not.toBe(202);
    expect(await may('PUT', 'models', '&restype=container&comp=acl', '')).not.toBe(200);
    expect(await may('GET', 'models', LIST)).toBe(200);
  });

  test('one for a blob is for no other, whatever is done to the URL', async () => {
    const output = await issue({ scope: 'blob', prefix: 'churn/', permissions: 'r' }, { blob: 'churn/x' });
    const url = textOf(output['url']);
    const code = async (other: string) => (await store.send('GET', other)).code ?? 'granted';
    expect((await store.send('GET', url)).body).toBe('this is models/churn/x');
    expect(await code(url.replace('/churn/', '/fraud/'))).toBe('AuthorizationFailure');
    expect(await code(url.replace('sr=b', 'sr=c'))).toBe('AuthorizationFailure');
    expect(await code(url.replace('sp=r', 'sp=racwdl'))).toBe('AuthorizationFailure');
    expect(await code(url.replace(/se=[^&]*/, 'se=2099-01-01T00%3A00%3A00Z'))).toBe('AuthorizationFailure');
    expect(await code(url.replace('spr=https', 'spr=https%2Chttp'))).toBe('AuthorizationFailure');
    expect((await store.send('PUT', url, 'evil')).code).toBe('AuthorizationPermissionMismatch');
  });

  test('blobs may be called as people call them', async () => {
    for (const blob of ["o'neil & söhne/v1 +=%20;.bin", '模型/权重', 'a?b#c', 'x{y}[z]~!()@,']) {
      await store.put(`models/${blob.split('/').map(encodeURIComponent).join('/')}`, 'weights');
      const url = textOf((await issue({ scope: 'blob' }, { blob }))['url']);
      expect([blob, (await store.send('GET', url)).body]).toEqual([blob, 'weights']);
    }
  });

  test('an address range is signed: whoever takes it out has nothing', async () => {
    const url = textOf((await issue({ allowedCidrs: ['192.0.2.0/24'] }, { blob: 'churn/x' }))['url']);
    expect(new URL(url).searchParams.get('sip')).toBe('192.0.2.0-192.0.2.255');
    expect((await store.send('GET', url.replace(/sip=[^&]*&/, ''))).code).toBe('AuthorizationFailure');
  });

  test('one that has ended is not made', async () => {
    await expect(issue({}, {}, -1)).rejects.toMatchObject({ kind: 'refused' });
  });

  test('the key of the account is tried, and containers and directories are looked for', async () => {
    const role = { ...azureSasEngine.role.initial, container: 'models', permissions: 'r' };
    const check = (more: object, roles = [role]) => azureSasEngine.open(settings(store, more), on).check(roles, within(10_000));
    const wrongKey = { accountKey: Secret.fromText(Buffer.alloc(64, 1).toString('base64')) };
    expect(await check({})).toEqual([]);
    await expect(check(wrongKey)).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('403') });
    await expect(check({ tlsCa: '' })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('certificate'),
    });
    const down = { endpoint: `https://127.0.0.1:${await freePort()}/${store.account}` };
    await expect(check(down)).rejects.toMatchObject({ kind: 'unreachable' });
    const shortfalls = await check({}, [
      { ...role, container: 'nowhere' },
      { ...role, scope: 'directory', prefix: 'churn/' },
    ]);
    expect(shortfalls.map(({ what }) => what)).toEqual([
      'sign for a directory: the account has no hierarchical namespace',
      'use the container nowhere',
    ]);
  });
});

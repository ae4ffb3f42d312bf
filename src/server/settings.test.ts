import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../api/middleware/testing/self-signed.ts';
import { newId } from '../foundation/ids.ts';
import { silentLogger } from '../foundation/ports.ts';
import { Secret } from '../foundation/secret.ts';
import { checkedConfiguration, type ServerOptions } from './configuration.ts';
import { type Instance, openInstance } from './instance.ts';
import { readTls } from './tls.ts';

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-settings-'));
  dataDir = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts and stops a server without a port. */
async function run<Result>(options: ServerOptions, work: (instance: Instance) => Promise<Result>): Promise<Result> {
  const instance = await openInstance(checkedConfiguration({ dataDir, ...options }), silentLogger);
  try {
    await instance.begin();
    return await work(instance);
  } finally {
    await instance.close();
  }
}

const start = (options: ServerOptions = {}) => run(options, async ({ keyring }) => keyring.status());

type Asked = 'system.initialize' | 'system.unseal' | 'server.status';

function perform(instance: Instance, name: Asked, input: object, token?: Secret) {
  const mount = instance.door.locate('root', 'sys/');
  if (mount === undefined) throw new Error('there is no system mount');
  const remote = { address: '127.0.0.1', port: 1 };
  const call = { id: newId(), token, namespace: 'root', remote, mount, parameters: {}, wrapTtl: undefined };
  return instance.door.perform(name, call, input).then(({ output }) => output);
}

async function warnings(instance: Instance, token: Secret): Promise<string> {
  return JSON.stringify((await perform(instance, 'server.status', {}, token)) ?? {});
}

const at = (where: string) => ({ code: 'configuration.invalid', where });

describe('the seal', () => {
  test('is static for a new store and stays what it is', async () => {
    expect(await start()).toMatchObject({ kind: 'static', state: 'unsealed' });
    expect(await start({ seal: 'static' })).toMatchObject({ kind: 'static', state: 'unsealed' });
    await expect(start({ seal: 'shamir' })).rejects.toMatchObject(at('--seal'));
  });

  test('of a store that has another one need not be named', async () => {
    await run({ seal: 'shamir' }, (instance) => perform(instance, 'system.initialize', { shares: 1, threshold: 1 }));
    expect(await start()).toMatchObject({ kind: 'shamir', state: 'sealed' });
    await expect(start({ seal: 'static' })).rejects.toMatchObject(at('--seal'));
  });

  test('under shamir no warning speaks of a file that is not there', async () => {
    const told = await run({ seal: 'shamir' }, async (instance) => {
      const made = await perform(instance, 'system.initialize', { shares: 1, threshold: 1 });
      const { unsealKeys, rootToken } = made as { unsealKeys: Secret[]; rootToken: Secret };
      await perform(instance, 'system.unseal', { key: unsealKeys[0] });
      return warnings(instance, rootToken);
    });
    expect(told).toContain('root-token-lives');
    expect(told).not.toContain('the file root-token');
  });

  test('a warning about it names what a store that is there can do', async () => {
    const told = await run({}, async (instance) => {
      const text = await readFile(instance.directory.rootToken, 'utf8');
      return warnings(instance, Secret.fromText(text.trim()));
    });
    expect(told).toContain('the file root-token');
    expect(told).toContain('for a new store: --seal shamir');
  });
});

describe('the seal key file', () => {
  test('that is missing, cannot be read or opens another store is to be brought back', async () => {
    await start();
    await writeFile(join(folder, 'other.key'), Buffer.alloc(32, 7));
    for (const name of ['other.key', 'missing.key', '.']) {
      const error = await start({ sealKeyFile: join(folder, name) }).catch((refused: unknown) => refused);
      expect(error).toMatchObject({ code: 'seal.key-file', remedy: expect.stringContaining('--seal-key-file') });
    }
    expect(await start()).toMatchObject({ state: 'unsealed' });
  });

  test('that is none keeps a new store from being made', async () => {
    const sealKeyFile = join(folder, 'seal.key');
    await writeFile(sealKeyFile, 'no key');
    await expect(start({ sealKeyFile })).rejects.toMatchObject({ code: 'seal.key-file', where: sealKeyFile });
    expect(existsSync(dataDir)).toBe(false);
    expect(await start({ sealKeyFile, seal: 'shamir' })).toMatchObject({ kind: 'shamir' });
  });
});

describe('TLS', () => {
  const tls = async (cert: string | undefined, key: string | undefined) => {
    const files = { tlsCertFile: join(folder, 'cert.pem'), tlsKeyFile: join(folder, 'key.pem') };
    await (cert === undefined ? rm(files.tlsCertFile, { force: true }) : writeFile(files.tlsCertFile, cert));
    await (key === undefined ? rm(files.tlsKeyFile, { force: true }) : writeFile(files.tlsKeyFile, key));
    return readTls(checkedConfiguration({ dataDir, ...files }));
  };

  test('needs a certificate and its own key, and is checked before there is a store', async () => {
    const [one, other] = [selfSigned(), selfSigned()];
    await expect(tls(undefined, one.key)).rejects.toMatchObject(at('--tls-cert-file'));
    await expect(tls(one.cert, undefined)).rejects.toMatchObject(at('--tls-key-file'));
    await expect(tls('no certificate', one.key)).rejects.toMatchObject(at('--tls-cert-file'));
    await expect(tls(one.cert, 'no key')).rejects.toMatchObject(at('--tls-key-file'));
    await expect(tls(one.cert, other.key)).rejects.toMatchObject(at('--tls-key-file'));
    expect((await tls(one.cert, one.key))?.cert.toString()).toBe(one.cert);
  });
});

test.each(['99999', '-1', '80.5', 'http', Number.NaN])('port %s is refused with the bounds and the option', (port) => {
  expect(() => checkedConfiguration({ port: port as number })).toThrow('--port: must be a whole number from 0 to 65535');
});

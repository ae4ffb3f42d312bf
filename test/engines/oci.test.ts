import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { makeAuthority, makeCertificate } from '../../src/identity/x509/testing/certificate-writer.ts';
import { completeOciConnection, newOciConnection, type OciConnection } from '../../src/leases/engines/oci/connection.ts';
import type { OciRequest } from '../../src/leases/engines/oci/request.ts';
import type { OciRole } from '../../src/leases/engines/oci/role.ts';
import { certificatesIn, signingKeyIn, TokenSigner } from '../../src/leases/engines/oci/signer.ts';
import { ociEngine } from '../../src/leases/engines/oci.ts';
import { freePort } from '../testing/daemon.ts';
import { MANIFEST, type OciRegistry, startOciRegistry } from '../testing/oci-registry.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const MINUTES = 900_000;
/** What skopeo says of it. */
const REFUSED = /unauthorized|authentication required|denied/;
const textOf = (value: unknown): string => (value instanceof Secret ? value.text : String(value));
const made = (settings: Partial<OciConnection> = {}) => completeOciConnection({ ...newOciConnection, ...settings }, undefined);
const at = ({ url, tlsCa }: OciRegistry, connection: OciConnection): OciConnection => ({ ...connection, url, tlsCa });

async function issue(connection: OciConnection, role: Partial<OciRole>, request: OciRequest = {}, lifetimeMs = MINUTES) {
  const whole = { repositories: ['models/churn'], verbs: ['read'], ...role } as OciRole;
  ociEngine.connection.check(connection);
  ociEngine.role.check(whole);
  const lease = newLease(lifetimeMs);
  const material = await ociEngine.prepare(whole, lease, on, { ...request });
  const target = ociEngine.open(connection, on);
  const { output, handle } = await target.create({ lease, role: whole, material, handle: undefined }, within(5000));
  await target.close();
  return { lease, handle, output: output as Output, token: textOf((output as Output)['token']) };
}
const tokenFor = async (connection: OciConnection, role: Partial<OciRole>, lifetimeMs?: number) =>
  (await issue(connection, role, {}, lifetimeMs)).token;

describe.skipIf(!inject('services').ociRegistry)('oci, at a real registry', () => {
  conformanceSuite({
    engine: ociEngine,
    waitsForEnd: true,
    async start() {
      const connection = await made();
      const registry = await startOciRegistry(connection.certificate);
      return {
        connection: at(registry, connection),
        role: { repositories: ['models/churn'], verbs: ['write'] },
        async logIn(output) {
          const token = textOf(output['token']);
          const use = async () => {
            await registry.push('models/churn:v1', token);
            await registry.pull('models/churn:v1', token);
          };
          return { use, async close() {} };
        },
        stop: registry.stop,
      };
    },
  });
});

describe.skipIf(!inject('services').ociRegistry)('what a token may do', () => {
  let registry: OciRegistry;
  let connection: OciConnection;
  let writer: string;
  let reader: string;
  beforeAll(async () => {
    const key = await made();
    registry = await startOciRegistry(key.certificate);
    connection = at(registry, key);
    writer = await tokenFor(connection, { verbs: ['write'] });
    reader = await tokenFor(connection, {});
    await registry.push('models/churn:v1', writer);
    await registry.push('models/fraud:v1', await tokenFor(connection, { repositories: ['models/fraud'], verbs: ['write'] }));
  }, 60_000);
  afterAll(() => registry?.stop());

  const ask = async (method: string, path: string, token: string) => {
    const { status, error } = await registry.send(method, `/v2/${path}`, { token });
    return error === '' ? status : error;
  };
  const START = 'blobs/uploads/';

  test('who reads pulls, and neither pushes nor deletes nor lists the registry', async () => {
    await registry.pull('models/churn:v1', reader);
    await expect(registry.push('models/churn:v2', reader)).rejects.toThrow(REFUSED);
    expect(await ask('POST', `models/churn/${START}`, reader)).toBe('insufficient_scope');
    expect(await ask('PUT', 'models/churn/manifests/v1', reader)).toBe('insufficient_scope');
    expect(await ask('DELETE', `models/churn/manifests/${registry.image.manifest}`, reader)).toBe('insufficient_scope');
    expect(await ask('GET', '_catalog', reader)).toBe('insufficient_scope');
    expect(await ask('GET', 'models/churn/tags/list', reader)).toBe(200);
  });

  test('who writes touches no other repository, by a mount neither', async () => {
    await expect(registry.push('models/fraud:v2', writer)).rejects.toThrow(REFUSED);
    await expect(registry.pull('models/fraud:v1', writer)).rejects.toThrow(REFUSED);
    const { layer, manifest } = registry.image;
    for (const name of ['models/fraud', 'models', 'models/churn2', 'models/churn/nested', 'other']) {
      expect([name, await ask('POST', `${name}/${START}`, writer)]).toEqual([name, 'insufficient_scope']);
    }
    expect(await ask('POST', `models/churn/${START}?mount=${layer}&from=models/fraud`, writer)).toBe('insufficient_scope');
    expect(await ask('DELETE', `models/churn/manifests/${manifest}`, writer)).toBe('insufficient_scope');
  });

  test('who deletes does that alone, and who lists learns of names alone', async () => {
    const remover = await tokenFor(connection, { repositories: ['models/old'], verbs: ['delete'] });
    await registry.push('models/old:v1', await tokenFor(connection, { repositories: ['models/old'], verbs: ['write'] }));
    expect(await ask('GET', 'models/old/tags/list', remover)).toBe('insufficient_scope');
    expect(await ask('POST', `models/old/${START}`, remover)).toBe('insufficient_scope');
    expect(await ask('DELETE', `models/old/manifests/${registry.image.manifest}`, remover)).toBe(202);
    const lister = await tokenFor(connection, { repositories: [], verbs: ['list'] });
    expect(await ask('GET', '_catalog', lister)).toBe(200);
    expect(await ask('GET', 'models/churn/tags/list', lister)).toBe('insufficient_scope');
  });

  test('a caller may ask for less', async () => {
    const role: Partial<OciRole> = { repositories: ['models/churn', 'models/fraud'], verbs: ['read', 'write'] };
    const { token } = await issue(connection, role, { repositories: ['models/churn'], verbs: ['read'] });
    const headers = { accept: MANIFEST };
    expect((await registry.send('GET', '/v2/models/churn/manifests/v1', { token, headers })).status).toBe(200);
    expect(await ask('GET', 'models/fraud/tags/list', token)).toBe('insufficient_scope');
    expect(await ask('POST', `models/churn/${START}`, token)).toBe('insufficient_scope');
  });

  test('nobody else gets anything', async () => {
    for (const path of ['', 'models/churn/tags/list', 'models/churn/manifests/v1', '_catalog']) {
      expect((await registry.send('GET', `/v2/${path}`)).status).toBe(401);
    }
  });

  test('an upload that has begun goes on with another token', async () => {
    const begun = await registry.send('POST', `/v2/models/churn/${START}`, { token: writer });
    const { pathname, search } = new URL(begun.location);
    const token = await tokenFor(connection, { verbs: ['write'] });
    const more = await registry.send('PATCH', `${pathname}${search}`, { token, body: 'weights' });
    expect([begun.status, more.status]).toEqual([202, 202]);
  });

  test('the log of the registry leads to the lease', async () => {
    const { lease, token } = await issue(connection, { verbs: ['write'] });
    await registry.send('PUT', '/v2/models/churn/manifests/v9', { token, body: '{}' });
    expect(registry.log()).toContain(`auth.user.name=${lease.externalName}`);
  });

  test('docker_config is a file of Docker’s with the token for this registry', async () => {
    const { output, token } = await issue(connection, {});
    expect(JSON.parse(textOf(output['dockerConfig']))).toEqual({ auths: { [registry.host]: { registrytoken: token } } });
    expect(output['registry']).toBe(registry.host);
  });

  describe('that was tampered with', () => {
    const claims = (more: JWTPayload = {}): JWTPayload => {
      const now = Math.floor(Date.now() / 1000);
      const access = [{ type: 'repository', name: 'models/churn', actions: ['pull', 'push'] }];
      return { iss: 'watchword', sub: 'x', aud: registry.host, nbf: now - 5, iat: now, exp: now + 60, jti: 'x', access, ...more };
    };
    const keyOf = ({ signingKey }: OciConnection) => signingKeyIn(signingKey ?? Secret.fromText('')) as KeyObject;
    const chainOf = ({ certificate }: OciConnection) => certificatesIn(certificate) ?? [];
    const signed = async (more?: JWTPayload, key = keyOf(connection), chain = chainOf(connection)) =>
      (await new TokenSigner(key, chain).sign(claims(more))).text;
    const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tags = (token: string) => ask('GET', 'models/churn/tags/list', token);

    test('is good only if it is not', async () => {
      expect(await tags(await signed())).toBe(200);
    });

    test.each<[string, () => JWTPayload]>([
      ['has ended', () => ({ exp: Math.floor(Date.now() / 1000) - 61 })],
      ['is not good yet', () => ({ nbf: Math.floor(Date.now() / 1000) + 90 })],
      ['is for another service', () => ({ aud: 'other.example' })],
      ['is of another issuer', () => ({ iss: 'somebody' })],
    ])('is refused if it %s', async (_what, more) => {
      expect(await tags(await signed(more()))).toBe('invalid_token');
    });

    test('is refused if it is signed by a foreign key, under whichever certificate', async () => {
      const foreign = await made();
      expect(await tags(await signed({}, keyOf(foreign), chainOf(foreign)))).toBe('invalid_token');
      expect(await tags(await signed({}, keyOf(foreign), chainOf(connection)))).toBe('invalid_token');
      expect(await tags(await signed({}, keyOf(foreign), [...chainOf(foreign), ...chainOf(connection)]))).toBe('invalid_token');
    });

    test('is refused without a signature, and with one by the certificate as a password', async () => {
      const body = base64(claims());
      for (const alg of ['none', 'NONE', '']) expect(await tags(`${base64({ alg, typ: 'JWT' })}.${body}.`)).toBe('invalid_token');
      const [header = ''] = (await signed()).split('.');
      const confused = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg: 'HS256' };
      const said = `${base64(confused)}.${body}`;
      const mac = createHmac('sha256', connection.certificate).update(said).digest('base64url');
      expect(await tags(`${said}.${mac}`)).toBe('invalid_token');
    });

    test('is refused if what it allows was changed', async () => {
      const [header = '', body = '', signature = ''] = reader.split('.');
      const more = Buffer.from(body, 'base64url').toString().replace('"pull"', '"pull","push"');
      const forged = `${header}.${Buffer.from(more).toString('base64url')}.${signature}`;
      expect(await ask('POST', `models/churn/${START}`, forged)).toBe('invalid_token');
    });

    test('cannot push without the right to pull, so write is both', async () => {
      const access = [{ type: 'repository', name: 'models/churn', actions: ['push'] }];
      expect(await ask('POST', `models/churn/${START}`, await signed({ access }))).toBe('insufficient_scope');
    });
  });
});

describe.skipIf(!inject('services').ociRegistry)('what is said of a registry', () => {
  let registry: OciRegistry;
  let connection: OciConnection;
  beforeAll(async () => {
    const key = await made();
    registry = await startOciRegistry(key.certificate);
    connection = at(registry, key);
  }, 30_000);
  afterAll(() => registry?.stop());
  const missing = async (settings: Partial<OciConnection>) => {
    const target = ociEngine.open({ ...connection, ...settings }, on);
    return (await target.check([], within(10_000))).map(({ what, remedy }) => `${what}: ${remedy}`).join();
  };

  test('that does not know the certificate, or another issuer: where to put it', async () => {
    const { signingKey, certificate } = await made();
    const remedy = /be believed: .*give the certificate .*rootcertbundle.*auth\.token\.issuer to watchword/;
    expect(await missing({ signingKey, certificate })).toMatch(remedy);
    expect(await missing({ issuer: 'other' })).toContain('set auth.token.issuer to other');
  });

  test('that is another service: which', async () => {
    expect(await missing({ service: 'other.example' })).toContain(`the service "${registry.host}"`);
  });

  test('that takes tokens for longer, or not as long, as was said: what to set', async () => {
    expect(await missing({ leeway: 0 })).toContain('longer leeway');
    expect(await missing({ leeway: 120 })).toContain('leeway=0');
  });

  test('whose own certificate is not believed, or that does not answer', async () => {
    const foreign = makeAuthority('Somebody', Date.now()).pem;
    await expect(missing({ tlsCa: foreign })).rejects.toMatchObject({ kind: 'refused' });
    await expect(missing({ url: `https://127.0.0.1:${await freePort()}` })).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe.skipIf(!inject('services').ociRegistry)('the signing key', () => {
  const tags = async (registry: OciRegistry, token: string) =>
    (await registry.send('GET', '/v2/models/churn/tags/list', { token })).error || 'believed';

  test('may be replaced: tokens of the older one are good as long as the registry keeps its certificate', async () => {
    const [older, newer] = [await made(), await made()];
    const registry = await startOciRegistry(older.certificate);
    try {
      const before = await tokenFor(at(registry, older), {});
      await registry.restart(older.certificate + newer.certificate);
      const { signingKey, certificate } = newer;
      const replaced = await completeOciConnection({ ...at(registry, older), signingKey, certificate }, at(registry, older));
      const after = await tokenFor(replaced, {});
      expect([await tags(registry, before), await tags(registry, after)]).toEqual(['believed', 'believed']);
      await registry.restart(newer.certificate);
      expect([await tags(registry, before), await tags(registry, after)]).toEqual(['invalid_token', 'believed']);
    } finally {
      await registry.stop();
    }
  }, 30_000);

  test.each([
    ['EC on P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])(
    'may be one of the operator’s own: %s',
    async (_kind, generate) => {
      const pem = generate().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const connection = await made({ signingKey: Secret.fromText(pem) });
      const registry = await startOciRegistry(connection.certificate);
      try {
        expect(await tags(registry, await tokenFor(at(registry, connection), {}))).toBe('believed');
      } finally {
        await registry.stop();
      }
    },
    30_000,
  );

  test('may be certified by an authority that the registry believes, and by no other', async () => {
    const [authority, other] = [makeAuthority('Tokens', Date.now()), makeAuthority('Others', Date.now())];
    const registry = await startOciRegistry(authority.pem);
    try {
      const by = async (issuer: typeof authority) => {
        const { pem, keyPem } = makeCertificate({ subject: [['CN', 'signer']] }, Date.now(), issuer);
        const connection = await made({ signingKey: Secret.fromText(keyPem), certificate: pem });
        return await tags(registry, await tokenFor(at(registry, connection), {}));
      };
      expect([await by(authority), await by(other)]).toEqual(['believed', 'invalid_token']);
    } finally {
      await registry.stop();
    }
  }, 30_000);
});

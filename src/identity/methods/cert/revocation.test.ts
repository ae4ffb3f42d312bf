import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../../../foundation/secret.ts';
import { extension, type Made, makeAuthority, makeRevocationList, pemOf } from '../../x509/testing/certificate-writer.ts';
import { type CertWorld, openCertWorld, showing } from './testing/cert-world.ts';

let world: CertWorld;
let now: number;

beforeEach(async () => {
  world = await openCertWorld();
  now = world.on.world.clock.now();
});
afterEach(() => world[Symbol.asyncDispose]());

const as = () => ({ as: world.on.root });
const settings = (config: object) => world.on.performAt(world.mount, 'cert.config.write', config, as());

interface Given {
  readonly token: Secret;
  readonly metadata: Record<string, string>;
  readonly ttl: number;
  readonly policies: readonly string[];
}

async function logIn(shown: readonly Made[], name?: string): Promise<Given> {
  return (await world.logIn(shown, name)).output as unknown as Given;
}

async function refusal(shown: readonly Made[], name = 'train'): Promise<string | undefined> {
  await expect(world.logIn(shown, name)).rejects.toMatchObject({ code: 'login.refused' });
  return world.reason();
}

describe('a revocation list', () => {
  const write = (crl: string, name = 'acme') => world.on.performAt(world.mount, 'cert.crls.write', { name, crl }, as());
  const list = (revoked: readonly Made[], issuer = world.root) => pemOf('X509 CRL', makeRevocationList(issuer, { revoked }, now));

  it('takes back what it names, until it is replaced or deleted', async () => {
    const [one, two] = [world.issue(), world.issue()];
    expect((await write(list([one]))).warnings).toEqual([]);
    expect(await refusal([one])).toBe('x509.revoked');
    await logIn([two]);
    await write(list([two]));
    await logIn([one]);
    expect(await refusal([two])).toBe('x509.revoked');
    await world.on.performAt(world.mount, 'cert.crls.delete', { name: 'acme' }, as());
    expect((await logIn([two])).policies).toContain('features');
  });

  it('of somebody else of the same name revokes nothing, and that is warned of', async () => {
    const client = world.issue();
    const { warnings } = await write(list([client], makeAuthority('Acme root', now, { extensions: [extension.authority()] })));
    expect(warnings).toEqual([expect.stringContaining('revokes nothing')]);
    expect((await logIn([client])).policies).toContain('features');
  });

  it('is that of one name: an authority that has two with one key has two lists', async () => {
    const other = makeAuthority('Other root', now, { keys: world.root });
    await world.role({ certificate: other.pem + world.root.pem });
    const client = world.issue({}, other);
    await write(list([client]));
    expect((await logIn([client])).policies).toContain('features');
    await write(list([client], other), 'other');
    expect(await refusal([client])).toBe('x509.revoked');
  });

  it('says which serial numbers it holds', async () => {
    await write(list([world.issue({ serial: Buffer.from([0, 0xff]) })]));
    const read = await world.on.performAt(world.mount, 'cert.crls.read', { name: 'acme' }, as());
    expect(read.output).toMatchObject({ serials: ['00ff'] });
    expect((await world.on.performAt(world.mount, 'cert.crls.list', {}, as())).output).toEqual({ keys: ['acme'] });
  });

  it.each([
    ['no list', () => 'AAAA'],
    ['a list of a part', () => partial('2.5.29.28')],
    ['a list of changes', () => partial('2.5.29.27')],
  ])('that is %s is refused', async (_what, bad) => {
    await expect(write(bad())).rejects.toMatchObject({ code: 'login.invalid', where: 'crl' });
  });

  const partial = (id: string) => {
    const extensions = [{ id, critical: true, value: Buffer.from([0x30, 0]) }];
    return pemOf('X509 CRL', makeRevocationList(world.root, { revoked: [], extensions }, now));
  };

  it('that was put back as it was, or taken out of the database, lets nobody in', async () => {
    const client = world.issue();
    await write(list([]));
    const attacker = new DatabaseSync(world.on.world.path);
    const row = "collection = 'crl' and name = 'all'";
    const before = attacker.prepare(`select sealed from auth_record where ${row}`).get()?.sealed ?? null;
    await write(list([client]));
    attacker.prepare(`update auth_record set sealed = ? where ${row}`).run(before);
    await expect(world.logIn([client], 'train')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    attacker.exec(`delete from auth_record where ${row}`);
    await expect(world.logIn([client], 'train')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    attacker.close();
  });
});

describe('a token', () => {
  const renew = (token: Secret, shown: readonly Made[]) => {
    const mount = world.on.world.mounts.locate('root', 'auth/token/');
    if (mount === undefined) throw new Error('there is no token mount');
    return world.on.performAt(mount, 'token.renew-self', {}, { as: token, proofs: showing(shown) });
  };

  beforeEach(() => world.on.world.setPolicy('default', 'path "auth/token/*" { capabilities = ["update"] }'));

  it('is renewed where the connection shows a certificate of the same client that is still good', async () => {
    const client = world.issue();
    const { token } = await logIn([client]);
    await renew(token, [client]);
    await renew(token, [world.issue()]);
    const refused = { code: 'token.invalid', message: expect.stringContaining('client certificate') };
    await expect(renew(token, [])).rejects.toMatchObject(refused);
    await expect(renew(token, [world.issue({ subject: [['CN', 'other']] })])).rejects.toMatchObject(refused);
    const crl = pemOf('X509 CRL', makeRevocationList(world.root, { revoked: [client] }, now));
    await world.on.performAt(world.mount, 'cert.crls.write', { name: 'acme', crl }, as());
    await expect(renew(token, [client])).rejects.toMatchObject(refused);
  });

  it('is renewed without a certificate where the mount says so', async () => {
    await settings({ disableBinding: true });
    const { token } = await logIn([world.issue()]);
    expect((await renew(token, [])).output).toMatchObject({ renewable: true });
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodeNetwork } from '../../../foundation/node-network.ts';
import { systemClock, systemRandom } from '../../../foundation/node-ports.ts';
import { sshEngine } from '../ssh.ts';
import { completeSshConnection, newSshConnection } from './connection.ts';
import { generateKey, printPrivateKey } from './private-key.ts';
import { printPublicKey } from './public-key.ts';
import { prepareCertificate, type SshRequest } from './request.ts';
import { checkSshRole, newSshRole, type SshRole, sshRoleFields } from './role.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const lease = {
  id: 'ssh/creds/app/x',
  externalName: 'ww_instance_lease',
  role: 'app',
  holder: 'test',
  expiresAt: Date.now() + 3_600_000,
};
const users: SshRole = { ...newSshRole, allowUserCertificates: true, allowedUsers: ['deploy', 'train'], defaultUser: 'deploy' };
const hosts: SshRole = { ...newSshRole, allowHostCertificates: true, allowedDomains: ['example.com'], allowSubdomains: true };
const prepare = (role: SshRole, request: SshRequest = {}) => prepareCertificate(role, lease, on, request);

describe('a role', () => {
  it.each<[string, SshRole, string]>([
    ['allows neither users nor hosts', newSshRole, 'allow_user_certificates'],
    ['names no account', { ...users, allowedUsers: [], defaultUser: '' }, 'allowed_users'],
    ['has a wildcard inside a name', { ...users, allowedUsers: ['dep*'] }, 'allowed_users'],
    ['has a default account that it does not allow', { ...users, defaultUser: 'root' }, 'default_user'],
    ['names no domain', { ...hosts, allowedDomains: [] }, 'allowed_domains'],
    ['allows a domain in no way', { ...hosts, allowSubdomains: false }, 'allow_subdomains'],
    ['has a domain in capitals', { ...hosts, allowedDomains: ['Example.com'] }, 'allowed_domains'],
    ['has an extension that is none', { ...users, allowedExtensions: ['permit-everything'] }, 'allowed_extensions'],
    ['gives an extension a value', { ...users, defaultExtensions: { 'permit-pty': 'yes' } }, 'default_extensions'],
    ['has an empty command', { ...users, defaultCriticalOptions: { 'force-command': ' ' } }, 'default_critical_options'],
    ['has an option that is none', { ...users, defaultCriticalOptions: { command: 'sh' } }, 'default_critical_options'],
    ['has a network that is none', { ...users, sourceAddresses: ['10.1.0.0/8'] }, 'source_addresses'],
    [
      'says where from twice',
      { ...users, sourceAddresses: ['::1'], defaultCriticalOptions: { 'source-address': '::1' } },
      'source_addresses',
    ],
    ['has a placeholder that is none', { ...users, keyIdFormat: '{{password}}' }, 'key_id_format'],
    ['has a key id with words of sshd', { ...users, keyIdFormat: 'x (serial 1) CA' }, 'key_id_format'],
  ])('that %s is refused', (_what, role, where) => {
    expect(() => checkSshRole(role)).toThrow(where);
  });

  it.each([
    ['keyType', 'otp'],
    ['allowedUsersTemplate', true],
    ['algorithmSigner', 'ssh-rsa'],
    ['allowedUserKeyLengths', { dsa: [1024] }],
  ])('with %s = %j is refused', (name, value) => {
    expect(z.strictObject(sshRoleFields).safeParse({ ...users, [name]: value }).success).toBe(false);
  });

  it('warns of root, of any account, and of sessions without a terminal', () => {
    expect(checkSshRole({ ...users, allowedUsers: ['*'], defaultExtensions: { 'permit-pty': '' } })).toEqual([
      expect.stringContaining('root included'),
    ]);
    expect(checkSshRole({ ...users, allowedUsers: ['root', 'deploy'] })).toEqual([
      expect.stringContaining('root'),
      expect.stringContaining('terminal'),
    ]);
    expect(checkSshRole({ ...users, defaultExtensions: { 'permit-pty': '' } })).toEqual([]);
  });
});

describe('a principal', () => {
  it.each([
    ['another account', 'root'],
    ['capitals', 'Deploy'],
    ['a letter that looks alike', 'd\u0435ploy'],
    ['a letter of full width', '\uff44eploy'],
    ['a space behind it', 'deploy '],
    ['a new line', 'deploy\nroot'],
    ['an end inside', 'deploy\0'],
    ['two in one', 'deploy,root'],
    ['a wildcard', '*'],
    ['a wildcard inside', 'd?ploy'],
    ['nothing', ''],
    ['the beginning of one', 'dep'],
    ['more than one', 'deployer'],
    ['an option of a program', '-deploy'],
  ])('with %s is refused', async (_what, principal) => {
    await expect(prepare(users, { validPrincipals: [principal] })).rejects.toThrow('valid_principals');
    await expect(prepare(users, { validPrincipals: ['deploy', principal] })).rejects.toThrow('valid_principals');
  });

  it('is needed: no list and an empty one are the default, or refused where there is none', async () => {
    expect((await prepare(users)).principals).toEqual(['deploy']);
    expect((await prepare(users, { validPrincipals: [] })).principals).toEqual(['deploy']);
    await expect(prepare({ ...users, defaultUser: '' })).rejects.toThrow('good for everybody');
    await expect(prepare({ ...users, defaultUser: ' , ' })).rejects.toThrow('good for everybody');
  });

  it('stands once', async () => {
    expect((await prepare(users, { validPrincipals: ['train', 'deploy', 'train'] })).principals).toEqual(['train', 'deploy']);
  });

  it.each([
    'example.com',
    'evilexample.com',
    '.example.com',
    'a.example.com.',
    '*.example.com',
    'A.example.com',
    'a.example.com.evil.org',
    'a_b.example.com\n',
  ])('of a host that is no subdomain is refused: %j', async (name) => {
    await expect(prepare(hosts, { certType: 'host', validPrincipals: [name] })).rejects.toThrow('valid_principals');
  });

  it('of a host may be the domain itself where the role says so', async () => {
    const bare = { ...hosts, allowBareDomains: true };
    expect(
      (await prepare(bare, { certType: 'host', validPrincipals: ['example.com', 'a.b.example.com'] })).principals,
    ).toHaveLength(2);
  });
});

describe('what a caller asks for', () => {
  it.each<[string, SshRole, SshRequest, string]>([
    ['a host, where users are allowed', users, { certType: 'host', validPrincipals: ['a.example.com'] }, 'cert_type'],
    ['a user, where hosts are allowed', hosts, { validPrincipals: ['deploy'] }, 'cert_type'],
    ['an extension', users, { extensions: { 'permit-pty': '' } }, 'extension'],
    ['an option', users, { criticalOptions: { 'verify-required': '' } }, 'critical_options'],
    [
      'extensions of a host',
      hosts,
      { certType: 'host', validPrincipals: ['a.example.com'], extensions: { 'permit-pty': '' } },
      'extension',
    ],
    ['a key id', users, { keyId: 'mine' }, 'key_id'],
    ['a key id that breaks lines of logs', { ...users, allowUserKeyIds: true }, { keyId: 'a\nAccepted' }, 'key_id'],
    ['a key and a type', users, { publicKey: 'ssh-ed25519 AAAA', keyType: 'rsa' }, 'key_type'],
    ['a type that is none', users, { keyType: 'dsa' }, 'key_bits'],
    ['a key that is none', users, { publicKey: 'ssh-ed25519 AAAA' }, 'public_key'],
    ['another type of key', { ...users, allowedUserKeyLengths: { rsa: [3072] } }, { keyType: 'ed25519' }, 'key_type'],
    ['a shorter key', { ...users, allowedUserKeyLengths: { rsa: [3072] } }, { keyType: 'rsa', keyBits: 2048 }, 'key_type'],
  ])('%s is refused', async (_what, role, request, where) => {
    await expect(prepare(role, request)).rejects.toThrow(where);
  });

  it('is given where the role allows it, instead of what is usual', async () => {
    const role = { ...users, allowedExtensions: ['permit-port-forwarding'], defaultExtensions: { 'permit-pty': '' } };
    expect((await prepare(role)).extensions).toEqual({ 'permit-pty': '' });
    expect((await prepare(role, { extensions: { 'permit-port-forwarding': '' } })).extensions).toEqual({
      'permit-port-forwarding': '',
    });
    const other = { ...users, allowUserKeyIds: true, allowedUserKeyLengths: { ec: [384] } };
    expect((await prepare(other, { keyId: 'mine', keyType: 'ec', keyBits: 384 })).keyId).toBe('mine');
  });

  it('never loosens what the role says', async () => {
    const role = { ...users, allowedCriticalOptions: ['*'], sourceAddresses: ['10.0.0.0/8'] };
    await expect(prepare(role, { criticalOptions: { 'source-address': '0.0.0.0/0' } })).rejects.toThrow('said by the role');
    expect((await prepare(role, { criticalOptions: { 'force-command': 'id' } })).criticalOptions).toEqual({
      'force-command': 'id',
      'source-address': '10.0.0.0/8',
    });
  });
});

describe('a signing key', () => {
  it('is made once, and stays', async () => {
    const made = await completeSshConnection(newSshConnection, undefined);
    expect(made.publicKey).toMatch(/^ssh-ed25519 /);
    expect(await completeSshConnection(made, made)).toBe(made);
    const other = printPrivateKey(await generateKey('ed25519', 0), systemRandom);
    await expect(completeSshConnection({ ...made, privateKey: other }, made)).rejects.toThrow('configured already');
    await expect(completeSshConnection({ ...made, publicKey: '' }, made)).rejects.toThrow('configured already');
  });

  it('that was given says its public key, and no other', async () => {
    const [one, other] = [await generateKey('ec', 384), await generateKey('ec', 384)];
    const given = { ...newSshConnection, privateKey: printPrivateKey(one, systemRandom) };
    expect((await completeSshConnection(given, undefined)).publicKey).toBe(printPublicKey(one.public));
    const mixed = { ...given, publicKey: printPublicKey(other.public) };
    await expect(completeSshConnection(mixed, undefined)).rejects.toThrow('public_key');
  });

  it.each([
    ['nothing, and nothing is to be made', { generateSigningKey: false }, 'private_key'],
    ['a public key alone', { publicKey: 'ssh-ed25519 AAAA' }, 'private_key'],
    ['a length that is none', { keyType: 'rsa', keyBits: 1024 }, 'key_bits'],
  ])('of %s is refused', async (_what, said, where) => {
    await expect(completeSshConnection({ ...newSshConnection, ...said }, undefined)).rejects.toThrow(where);
  });

  it('that cannot sign as a role says is told before anybody asks, and signs nothing', async () => {
    const target = sshEngine.open(await completeSshConnection(newSshConnection, undefined), on);
    const role = { ...users, algorithmSigner: 'rsa-sha2-512' };
    const call = { signal: AbortSignal.timeout(5000) };
    expect(await target.check([role, users], call)).toEqual([
      expect.objectContaining({ what: expect.stringContaining('rsa-sha2-512') }),
    ]);
    const ref = { lease, role, material: await prepare(role), handle: undefined };
    await expect(target.create(ref, call)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('signs nothing that would have ended', async () => {
    const target = sshEngine.open(await completeSshConnection(newSshConnection, undefined), on);
    const ref = { lease: { ...lease, expiresAt: 1000 }, role: users, material: await prepare(users), handle: undefined };
    await expect(target.create(ref, { signal: AbortSignal.timeout(5000) })).rejects.toMatchObject({ kind: 'refused' });
  });
});

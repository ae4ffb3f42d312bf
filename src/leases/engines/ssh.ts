import { createHash } from 'node:crypto';
import { type CredentialEngine, type CredentialRef, type Shortfall, type Target, TargetError } from './engine.ts';
import { signatureAlgorithm, signCertificate } from './ssh/certificate.ts';
import {
  checkSshConnection,
  completeSshConnection,
  newSshConnection,
  type SshConnection,
  sshConnectionFields,
} from './ssh/connection.ts';
import { type KeyPair, parsePrivateKey } from './ssh/private-key.ts';
import { parsePublicKey } from './ssh/public-key.ts';
import { prepareCertificate, type SshMaterial, type SshRequest, sshRequestFields } from './ssh/request.ts';
import { checkSshRole, newSshRole, type SshRole, sshRoleFields } from './ssh/role.ts';

interface SshHandle {
  /** Hexadecimal digits: what a list of revoked keys needs. */
  readonly serial: string;
}

/** Certificates for OpenSSH, of users and of hosts. Nothing is told to the servers: they believe whoever signed. */
export const sshEngine: CredentialEngine<SshConnection, SshRole, SshMaterial, SshHandle> = {
  kind: 'ssh',
  summary: 'Certificates for logging in to servers by SSH',
  mount: 'ssh',
  connectionName: 'ca',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  connection: {
    fields: sshConnectionFields,
    initial: newSshConnection,
    address: ['publicKey'],
    public: 'publicKey',
    clear: ['publicKey', 'keyType', 'keyBits', 'generateSigningKey'],
    complete: completeSshConnection,
    check: checkSshConnection,
  },
  role: { fields: sshRoleFields, initial: newSshRole, check: checkSshRole },
  request: { fields: sshRequestFields },
  prepare: (role, lease, on, request) => prepareCertificate(role, lease, on, request as SshRequest),
  open: (connection) => new SshAuthority(connection),
};

class SshAuthority implements Target<SshRole, SshMaterial, SshHandle> {
  readonly #connection: SshConnection;
  #pair: KeyPair | undefined;

  constructor(connection: SshConnection) {
    this.#connection = connection;
  }

  async check(roles: readonly SshRole[]): Promise<readonly Shortfall[]> {
    const { public: key } = this.#signingKey();
    return roles
      .filter(({ algorithmSigner }) => signatureAlgorithm(key, algorithmSigner) === undefined)
      .map(({ algorithmSigner }) => ({
        what: `sign by ${algorithmSigner}: the signing key is of the type ${key.type}`,
        remedy: 'set algorithm_signer of the role to default',
      }));
  }

  async create({ lease, role, material }: CredentialRef<SshRole, SshMaterial, SshHandle>) {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const authority = this.#signingKey();
    const algorithm = signatureAlgorithm(authority.public, role.algorithmSigner);
    if (algorithm === undefined) {
      throw new TargetError(
        'refused',
        `a signing key of the type ${authority.public.type} can't sign by ${role.algorithmSigner}`,
      );
    }
    const validBefore = secondsOf(lease.expiresAt);
    if (validBefore <= material.validAfter) throw new TargetError('refused', 'it would end before it begins');
    const subject = parsePublicKey(material.publicKey);
    const serial = serialOf(lease.id);
    const nonce = Buffer.from(material.nonce, 'base64');
    const said = { ...material, subject, nonce, serial, type: material.certificateType, validBefore };
    const certificate = signCertificate(said, authority, algorithm);
    const { privateKey } = material;
    const serialNumber = serial.toString(16);
    return {
      handle: { serial: serialNumber },
      output: {
        serial_number: serialNumber,
        signed_key: `${subject.certificateType} ${certificate.toString('base64')}\n`,
        ...(privateKey === undefined ? {} : { private_key: privateKey, private_key_type: subject.family }),
      },
      expiresAt: validBefore * 1000,
    };
  }

  /** No server asks anybody: a certificate is good until its end. */
  async revoke(): Promise<void> {}

  async probe({ lease }: CredentialRef<SshRole, SshMaterial, SshHandle>): Promise<number> {
    return secondsOf(lease.expiresAt) * 1000;
  }

  async close(): Promise<void> {
    this.#pair = undefined;
  }

  #signingKey(): KeyPair {
    if (this.#connection.privateKey === undefined) throw new TargetError('refused', 'no signing key is configured (config/ca)');
    this.#pair ??= parsePrivateKey(this.#connection.privateKey);
    return this.#pair;
  }
}

/** A certificate is good before this second. */
const secondsOf = (ms: number): number => Math.floor(ms / 1000);

/** Never 0, which OpenSSH takes for none; half of the numbers, which other programs print without a sign. */
function serialOf(leaseId: string): bigint {
  const digest = createHash('sha256').update(`ssh serial ${leaseId}`).digest();
  return (digest.readBigUInt64BE() >> 1n) | 1n;
}

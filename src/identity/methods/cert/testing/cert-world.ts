import type { CallerProofs } from '../../../../access/operation.ts';
import type { MountPoint } from '../../../../foundation/mount.ts';
import type { Secret } from '../../../../foundation/secret.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../../../testing/guarded.ts';
import { extension, type Made, makeAuthority, makeCertificate, type Wanted } from '../../../x509/testing/certificate-writer.ts';

export interface CertWorld extends AsyncDisposable {
  readonly on: GuardedIdentity;
  readonly mount: MountPoint;
  /** The authority that the role `train` believes. */
  readonly root: Made;
  /** A certificate for authenticating clients. */
  issue(wanted?: Wanted, issuer?: Made): Made;
  role(more: object, name?: string): Promise<readonly string[]>;
  /** As the client that shows these certificates. */
  logIn(shown: readonly Made[], name?: string, proofs?: Partial<CallerProofs>): ReturnType<GuardedIdentity['performAt']>;
  /** The reason of the last event. */
  reason(): string | undefined;
}

/** What a TLS connection with these certificates shows. */
export function showing(shown: readonly { readonly der: Uint8Array }[], more: Partial<CallerProofs> = {}): CallerProofs {
  const request = { dpop: undefined, method: 'POST', target: '/v1/auth/cert/login', host: 'watchword.test:8200' };
  return { certificates: () => shown.map(({ der }) => der), ...request, ...more };
}

export async function openCertWorld(): Promise<CertWorld> {
  const on = await openGuardedIdentity();
  const mount = await on.mountMethod('cert');
  const now = on.world.clock.now();
  const root = makeAuthority('Acme root', now);
  const asRoot: { as: Secret } = { as: on.root };
  const world: CertWorld = {
    on,
    mount,
    root,
    issue: (wanted = {}, issuer = root) =>
      makeCertificate(
        { subject: [['CN', 'trainer']], extensions: [extension.noAuthority(), extension.keyUsage(0)], ...wanted },
        now,
        issuer,
      ),
    async role(more, name = 'train') {
      const role = { name, certificate: root.pem, policies: ['features'], owner: 'team', ...more };
      return (await on.performAt(mount, 'cert.roles.write', role, asRoot)).warnings;
    },
    logIn: (shown, name, proofs) =>
      on.performAt(mount, 'cert.login', name === undefined ? {} : { name }, { proofs: showing(shown, proofs) }),
    reason: () => on.world.audit.records.at(-1)?.reason,
    [Symbol.asyncDispose]: () => on[Symbol.asyncDispose](),
  };
  await world.role({});
  return world;
}

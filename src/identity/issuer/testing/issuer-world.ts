import { createLocalJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import type { Answer } from '../../../access/door-contract.ts';
import type { InputOf, OperationName, OutputOf } from '../../../access/operation-types.ts';
import type { MountPoint } from '../../../foundation/mount.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { Identity } from '../../index.ts';
import { PlatformWorld } from '../../methods/testing/platform-world.ts';
import type { KeySet } from '../contract.ts';

export const ISSUER = 'https://watchword.test:8200/v1/identity/oidc';

/** The issuer behind the real door, and workloads that log in by JWT. */
export class IssuerWorld implements AsyncDisposable {
  readonly platform: PlatformWorld;
  readonly mount: MountPoint;

  private constructor(platform: PlatformWorld, mount: MountPoint) {
    this.platform = platform;
    this.mount = mount;
  }

  static async open(): Promise<IssuerWorld> {
    const platform = await PlatformWorld.open({ kind: 'jwt' });
    await platform.on.world.setPolicy('federate', 'path "identity/oidc/token/*" { capabilities = ["read"] }');
    await platform.write('jwt.config.write', { jwks: platform.jwks, boundIssuer: platform.issuer.issuer });
    return new IssuerWorld(platform, platform.on.identityMount);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.platform[Symbol.asyncDispose]();
  }

  get root(): Secret {
    return this.platform.on.root;
  }

  get identity(): Identity {
    return this.platform.on.identity;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.platform.on.world.clock.now();
  }

  pass(seconds: number): void {
    this.platform.on.world.clock.time += seconds * 1000;
  }

  async perform<Name extends OperationName>(name: Name, input: InputOf<Name>, as: Secret | undefined = this.root) {
    const { output } = await this.answer(name, input, as);
    return output as OutputOf<Name>;
  }

  answer<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    as: Secret | undefined = this.root,
  ): Promise<Answer<Name>> {
    return this.platform.on.performAt(this.mount, name, input, as === undefined ? {} : { as });
  }

  /** As nobody. */
  keySet(): Promise<KeySet> {
    return this.platform.on.performAt(this.mount, 'issuer.key-set', {}).then(({ output }) => output as KeySet);
  }

  /** A token of a workload that logged in, with the policy to be signed for. */
  async workload(role: Partial<InputOf<'jwt.roles.write'>> = {}, subject = 'job:trainer'): Promise<Secret> {
    const audience = 'https://watchword.test';
    const bound = { boundAudiences: [audience], boundSubject: subject, userClaim: 'sub' };
    await this.platform.write('jwt.roles.write', { name: 'trainer', policies: ['federate'], ...bound, ...role });
    const jwt = await this.platform.sign({ sub: subject, aud: audience });
    const { output } = await this.platform.login('jwt.login', { role: 'trainer', jwt });
    const token = output?.token;
    if (token === undefined) throw new Error('the login gave no token');
    return token;
  }

  /** The key `signing` and the role `s3` of `subject: workload`, unless told otherwise. */
  async configure(
    key: Partial<InputOf<'issuer.keys.write'>> = {},
    role: Partial<InputOf<'issuer.roles.write'>> = {},
  ): Promise<void> {
    await this.perform('issuer.keys.write', { name: 'signing', algorithm: 'ES256', allowedClientIds: ['*'], ...key });
    await this.perform('issuer.roles.write', {
      name: 's3',
      key: 'signing',
      clientId: 'https://s3.test',
      subject: 'workload',
      ...role,
    });
  }

  /** What a verifier sees that knows nothing but the published keys. @throws JOSEError */
  async verify(token: Secret, audience = 'https://s3.test'): Promise<JWTPayload> {
    const { keys } = await this.keySet();
    const { payload } = await jwtVerify(token.text, createLocalJWKSet({ keys: [...keys] }), {
      issuer: ISSUER,
      audience,
      currentDate: new Date(this.now),
    });
    return payload;
  }
}

export function kidOf(token: Secret): string {
  return decodeProtectedHeader(token.text).kid ?? '';
}

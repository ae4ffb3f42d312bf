import type { InputOf, OperationName } from '../../../access/operation-types.ts';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import type { MountPoint } from '../../../foundation/mount.ts';
import type { Network } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { IssuerNetwork, TestIssuer, type TestKey } from '../../jwt/testing/test-issuer.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../../testing/guarded.ts';

interface Options {
  readonly kind: string;
  readonly issuer?: string;
  readonly algorithm?: string;
  /** Instead of one that answers for the issuer alone. */
  readonly network?: Network;
}

const issuers = new Map<string, Promise<TestIssuer>>();

/** One for all tests of a file: RSA keys take long to make. */
function issuerOf(issuer = 'https://issuer.example', algorithm = 'ES256'): Promise<TestIssuer> {
  const key = `${algorithm} ${issuer}`;
  const made = issuers.get(key) ?? TestIssuer.create({ issuer, algorithm });
  issuers.set(key, made);
  return made;
}

/** A mount of a method, behind the real door, with an issuer whose tokens it may be told to believe. */
export class PlatformWorld implements AsyncDisposable {
  readonly on: GuardedIdentity;
  readonly mount: MountPoint;
  readonly issuer: TestIssuer;
  readonly network: Network;
  #callers = 0;

  private constructor(on: GuardedIdentity, { mount, issuer, network }: Pick<PlatformWorld, 'mount' | 'issuer' | 'network'>) {
    this.on = on;
    this.mount = mount;
    this.issuer = issuer;
    this.network = network;
  }

  static async open({ kind, issuer: name, algorithm, network }: Options): Promise<PlatformWorld> {
    const issuer = await issuerOf(name, algorithm);
    const reached = network ?? new IssuerNetwork(issuer);
    const on = await openGuardedIdentity({ network: reached });
    return new PlatformWorld(on, { mount: await on.mountMethod(kind), issuer, network: reached });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.on[Symbol.asyncDispose]();
  }

  /** Seconds since the epoch. */
  get now(): number {
    return Math.floor(this.on.world.clock.now() / 1000);
  }

  /** The issuer's keys, as text to be given by hand. */
  get jwks(): string {
    return JSON.stringify(this.issuer.jwks);
  }

  /** Claims that live for five minutes and say who issued them; undefined takes one away. */
  sign(claims: Readonly<Record<string, unknown>>, header?: JsonObject, key?: TestKey): Promise<Secret> {
    const all: Record<string, unknown> = { iss: this.issuer.issuer, iat: this.now, exp: this.now + 300, ...claims };
    return this.issuer.sign(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), header, key);
  }

  /** As the one with the root token. */
  write<Name extends OperationName>(name: Name, input: InputOf<Name>) {
    return this.on.performAt(this.mount, name, input, { as: this.on.root });
  }

  /** As somebody without a token, from another address each time: refused tries are limited for each address. */
  login<Name extends OperationName>(name: Name, input: InputOf<Name>) {
    this.#callers++;
    const address = `198.18.${this.#callers >> 8}.${this.#callers & 255}`;
    return this.on.performAt(this.mount, name, input, { remote: { address, port: 1 } });
  }

  /** Why the login is refused, or cannot be decided: its caller learns only that it is. `success` where it is not. */
  async reasonOf(login: Promise<unknown>): Promise<string> {
    const code = await login.then(
      () => 'success',
      (error: { readonly code?: string }) => error.code ?? String(error),
    );
    if (code !== 'login.refused' && code !== 'login.unavailable') return code;
    return this.on.world.audit.records.at(-1)?.reason ?? 'no reason';
  }
}

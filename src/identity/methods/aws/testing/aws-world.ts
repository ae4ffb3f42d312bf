import { expect } from 'vitest';
import type { MountPoint } from '../../../../foundation/mount.ts';
import { Secret } from '../../../../foundation/secret.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../../../testing/guarded.ts';
import { FakeSts, signatureFor, type TestPrincipal, testPrincipal } from '../../testing/fake-sts.ts';

export const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
export const SERVER = 'watchword.example';

export interface Signing {
  readonly who?: TestPrincipal;
  readonly region?: string;
  readonly host?: string;
  /** Names in lower case. */
  readonly unsigned?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds ago. */
  readonly late?: number;
}

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A mount of the method with the role `train`, a fake STS, and a caller who is the role `trainer` there. */
export class AwsWorld implements AsyncDisposable {
  readonly sts: FakeSts;
  readonly on: GuardedIdentity;
  readonly mount: MountPoint;
  readonly trainer: TestPrincipal;

  private constructor(sts: FakeSts, on: GuardedIdentity, mount: MountPoint) {
    this.sts = sts;
    this.on = on;
    this.mount = mount;
    this.trainer = this.principal('trainer');
  }

  static async open(): Promise<AwsWorld> {
    const sts = new FakeSts();
    const on = await openGuardedIdentity({ network: sts });
    const world = new AwsWorld(sts, on, await on.mountMethod('aws'));
    await world.configure({ iamServerIdHeaderValue: SERVER });
    await world.role({});
    return world;
  }

  [Symbol.asyncDispose]() {
    return this.on[Symbol.asyncDispose]();
  }

  /** One more whom STS knows: a role's session, or a user where `session` is undefined. */
  principal(...made: Parameters<typeof testPrincipal>): TestPrincipal {
    const principal = testPrincipal(...made);
    this.sts.principals.push(principal);
    return principal;
  }

  configure(config: object) {
    return this.on.performAt(this.mount, 'aws.config.write', config, { as: this.on.root });
  }

  role(more: object, name = 'train') {
    const bound = { boundIamPrincipalArn: ['arn:aws:iam::123456789012:role/trainer'] };
    const role = { name, policies: ['features'], ...bound, ...more } as never;
    return this.on.performAt(this.mount, 'aws.roles.write', role, { as: this.on.root });
  }

  /** What an SDK would sign. */
  signed({
    who = this.trainer,
    region = 'us-east-1',
    host = 'sts.amazonaws.com',
    unsigned = [],
    headers: more = {},
    late = 0,
  }: Signing = {}): Request {
    const stamp = new Date(this.on.world.clock.now() - late).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const headers: Record<string, string> = {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      Host: host,
      'X-Amz-Date': stamp,
      'X-Vault-AWS-IAM-Server-ID': SERVER,
      ...(who.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': who.sessionToken }),
      ...more,
    };
    const names = Object.keys(headers)
      .map((name) => name.toLowerCase())
      .filter((name) => !unsigned.includes(name))
      .sort();
    const signature = signatureFor({ headers, names, body: BODY, stamp, region }, who.secret);
    const scope = `${stamp.slice(0, 8)}/${region}/sts/aws4_request`;
    const Authorization = `AWS4-HMAC-SHA256 Credential=${who.keyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    return { method: 'POST', url: `https://${host}/`, body: BODY, headers: { ...headers, Authorization } };
  }

  /** @param headers text is sent as it is */
  logIn(request: Partial<Omit<Request, 'headers'>> & { readonly headers?: unknown }, role: string | undefined = 'train') {
    return this.#logIn(request, { role });
  }

  /** As one who names no role. */
  logInAsOneself(request: Request) {
    return this.#logIn(request, {});
  }

  #logIn(request: Partial<Omit<Request, 'headers'>> & { readonly headers?: unknown }, named: { readonly role?: string }) {
    const { headers, ...rest } = { ...this.signed(), ...request };
    const text = Secret.fromText(typeof headers === 'string' ? headers : JSON.stringify(headers));
    return this.on.performAt(this.mount, 'aws.login', { ...named, ...rest, headers: text });
  }

  /** What the last event says. */
  told() {
    return this.on.world.audit.records.at(-1);
  }

  async refused(attempt: Promise<unknown>, expected: string): Promise<void> {
    await expect(attempt).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(this.told()?.reason).toBe(expected);
  }
}

export function without({ headers }: Request, name: string): Record<string, unknown> {
  const { [name]: _gone, ...rest } = headers;
  return rest;
}

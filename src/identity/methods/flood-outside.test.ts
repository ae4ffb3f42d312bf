import { afterEach, describe, expect, test } from 'vitest';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { kubernetesExample } from '../platforms/kubernetes-claims.ts';
import { AwsWorld } from './aws/testing/aws-world.ts';
import { FakeApiServer } from './testing/fake-api-server.ts';
import { testPrincipal } from './testing/fake-sts.ts';
import { PlatformWorld } from './testing/platform-world.ts';

const NAT = { address: '203.0.113.9', port: 1 };
const ELSEWHERE = { address: '203.0.113.10', port: 1 };
const cleanups: AsyncDisposable[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup[Symbol.asyncDispose]();
});

/** Counts how many ask at the same time. Nobody is answered while it is held. */
class Counted {
  most = 0;
  asked = 0;
  #running = 0;
  #gate = Promise.withResolvers<void>();
  #reached: { readonly count: number; readonly tell: () => void } | undefined;

  constructor() {
    this.#gate.resolve();
  }

  async around<Result>(answer: () => Promise<Result>): Promise<Result> {
    this.asked++;
    this.#running++;
    this.most = Math.max(this.most, this.#running);
    if (this.#running === this.#reached?.count) this.#reached.tell();
    await this.#gate.promise;
    this.#running--;
    return answer();
  }

  /** Answers nobody until so many ask, and whoever else can has asked. */
  async holdUntil(count: number): Promise<void> {
    this.most = 0;
    this.#gate = Promise.withResolvers<void>();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reached = { count, tell: resolve };
    await promise;
    for (let i = 0; i < 100; i++) await new Promise((next) => setImmediate(next));
    this.#gate.resolve();
  }
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'success',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );

describe('a flood of pods that the API server does not know', () => {
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const counted = new Counted();

  class CountedApiServer extends FakeApiServer implements Network {
    good = '';

    override request(request: OutgoingRequest): Promise<OutgoingAnswer> {
      const account = kubernetesExample['kubernetes.io'];
      const username = 'system:serviceaccount:research:trainer';
      const authenticated = this.good !== '' && String(request.body).includes(this.good);
      return counted.around(() => {
        const extra = { 'authentication.kubernetes.io/pod-uid': [account.pod.uid] };
        const user = { username, uid: account.serviceaccount.uid, extra };
        this.status = authenticated ? { authenticated, audiences: ['watchword'], user } : { authenticated };
        return super.request(request);
      });
    }
  }

  test('asks it few at a time, fewer for who was refused, and shuts out no neighbour', async () => {
    const api = new CountedApiServer();
    const world = await PlatformWorld.open({ kind: 'kubernetes', issuer, network: api });
    cleanups.push(world);
    const kubernetesHost = 'https://10.0.0.1:6443';
    await world.write('kubernetes.config.write', { kubernetesHost, tokenReviewerJwt: Secret.fromText('reviewer') });
    const bound = { boundServiceAccountNames: ['trainer'], boundServiceAccountNamespaces: ['research'], audience: 'watchword' };
    await world.write('kubernetes.roles.write', { name: 'train', ...bound });
    const token = (n: number) => world.sign({ aud: ['watchword'], ...kubernetesExample, jti: `token ${n}` });
    const logIn = (jwt: Secret, remote = NAT) =>
      codeOf(world.on.performAt(world.mount, 'kubernetes.login', { role: 'train', jwt }, { remote }));
    const bad = await Promise.all(Array.from({ length: 100 }, (_, n) => token(n)));
    const flood = () => Promise.all(bad.map((jwt) => logIn(jwt)));

    const [codes] = await Promise.all([flood(), counted.holdUntil(16)]);
    expect(new Set(codes)).toEqual(new Set(['login.refused', 'request.limited']));
    expect([counted.asked, counted.most]).toEqual([100, 16]);

    const good = await token(1000);
    api.good = good.text;
    // Four for the address that was refused so often, and one for the other.
    const held = counted.holdUntil(5);
    const [refused, neighbour, other] = await Promise.all([flood(), logIn(good), logIn(good, ELSEWHERE), held]);
    expect([refused.includes('success'), neighbour, other, counted.most]).toEqual([false, 'success', 'success', 5]);
  });
});

describe('a flood of requests that STS rejects', () => {
  test('asks it few at a time, and shuts out no neighbour', async () => {
    const world = await AwsWorld.open();
    cleanups.push(world);
    const counted = new Counted();
    world.sts.instead = (right) => counted.around(async () => right);
    const stranger = testPrincipal('trainer');
    const held = counted.holdUntil(16);
    const flood = Array.from({ length: 60 }, () => codeOf(world.logIn(world.signed({ who: stranger }))));
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['login.refused', 'request.limited']));
    await held;
    expect([counted.asked, counted.most]).toEqual([60, 16]);
    expect(await codeOf(world.logIn(world.signed()))).toBe('success');
  });
});

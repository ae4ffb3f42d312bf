import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newKubernetesConnection } from '../../src/leases/engines/kubernetes/connection.ts';
import type { KubernetesRequest } from '../../src/leases/engines/kubernetes/request.ts';
import { type KubernetesRole, newKubernetesRole } from '../../src/leases/engines/kubernetes/role.ts';
import { kubernetesEngine } from '../../src/leases/engines/kubernetes.ts';
import { freePort } from '../testing/daemon.ts';
import { type FakeKubernetes, ISSUER, POWERLESS, startFakeKubernetes } from '../testing/fake-kubernetes.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const TRAINER = { allowedKubernetesNamespaces: ['training'], serviceAccountName: 'trainer' };
const IN_TRAINING = { kubernetesNamespace: 'training' };

describe('kubernetes, at a fake API server', () => {
  let server: FakeKubernetes;
  let own: string;
  const started = Promise.withResolvers<FakeKubernetes>();
  beforeAll(async () => {
    server = await startFakeKubernetes();
    own = await server.tokenOf(ISSUER);
    started.resolve(server);
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(() => {
    server.longest = 86_400;
    server.twist = {};
    server.instead.length = 0;
  });

  const settings = (more: object = {}) => ({
    ...newKubernetesConnection,
    kubernetesHost: server.url,
    kubernetesCaCert: server.ca,
    serviceAccountJwt: Secret.fromText(`${own}\n`),
    ...more,
  });
  const open = (more: object = {}) => {
    kubernetesEngine.connection.check(settings(more));
    return kubernetesEngine.open(settings(more), on);
  };
  async function issue(role: Partial<KubernetesRole>, request: KubernetesRequest = IN_TRAINING, lifetimeMs = 3_600_000) {
    const whole = { ...newKubernetesRole, ...role };
    kubernetesEngine.role.check(whole);
    const lease = newLease(lifetimeMs);
    const material = await kubernetesEngine.prepare(whole, lease, on, request as never);
    const created = await open().create({ lease, role: whole, material, handle: undefined }, within(10_000));
    return { ...created, lease, token: (created.output['serviceAccountToken'] as Secret).text };
  }
  const logIn = async (output: Output) => {
    const url = `${server.url}/api/v1/namespaces/${output['serviceAccountNamespace']}/pods`;
    const use = async () => {
      const headers = { authorization: `Bearer ${(output['serviceAccountToken'] as Secret).text}` };
      const asked = {
        url,
        method: 'GET',
        headers,
        ca: server.ca,
        allowPrivate: true,
        maxBytes: 10_000,
        timeoutMs: 5000,
      } as const;
      const { status } = await nodeNetwork.request(asked);
      if (status !== 200) throw new Error(`status ${status}`);
    };
    await use();
    return { use, close: async () => {} };
  };

  conformanceSuite({
    engine: kubernetesEngine,
    async start() {
      await started.promise;
      return {
        connection: settings(),
        role: TRAINER,
        request: IN_TRAINING,
        powerless: settings({ serviceAccountJwt: Secret.fromText(await server.tokenOf(POWERLESS)) }),
        wrongPassword: settings({ serviceAccountJwt: Secret.fromText(`${own.slice(0, -8)}AAAAAAAA`) }),
        nobody: settings({ kubernetesHost: `https://localhost:${await freePort()}` }),
        logIn,
        stop: async () => {},
      };
    },
  });

  describe('a token', () => {
    test('is of the account that the role names, in the namespace that was asked for', async () => {
      const { output, token } = await issue(
        { ...TRAINER, allowedKubernetesNamespaces: ['*'] },
        { kubernetesNamespace: 'serving' },
      );
      expect(Object.keys(output)).toEqual(['serviceAccountName', 'serviceAccountNamespace', 'serviceAccountToken']);
      expect(decodeJwt(token).sub).toBe('system:serviceaccount:serving:trainer');
      expect(JSON.stringify(output)).not.toContain(token);
    });

    test('is for the audiences of the role, or for some that it allows', async () => {
      const role = { ...TRAINER, tokenDefaultAudiences: ['vault'], allowedAudiences: ['registry'] };
      expect(decodeJwt((await issue(role)).token).aud).toEqual(['vault']);
      const asked = await issue(role, { ...IN_TRAINING, audiences: ['registry'] });
      expect(decodeJwt(asked.token).aud).toEqual(['registry']);
      const cloud = issue(role, { ...IN_TRAINING, audiences: ['registry', 'sts.amazonaws.com'] });
      await expect(cloud).rejects.toMatchObject({ code: 'request.invalid', where: 'audiences' });
    });

    test('that the server makes shorter ends its lease earlier', async () => {
      server.longest = 900;
      const { expiresAt, lease, token } = await issue(TRAINER);
      expect(expiresAt).toBe((decodeJwt(token).exp ?? 0) * 1000);
      expect(lease.expiresAt - Number(expiresAt)).toBeGreaterThan(2_600_000);
    });

    test('is never asked for with the one lifetime that servers make a year of', async () => {
      const { token } = await issue(TRAINER, IN_TRAINING, 3_607_900);
      const { exp = 0, iat = 0 } = decodeJwt(token);
      expect(exp - iat).toBe(3606);
    });

    test.each([
      ['for longer than was asked', { exp: Math.floor(Date.now() / 1000) + 31_536_000 }],
      ['of another account', { sub: 'system:serviceaccount:kube-system:admin' }],
      ['that has ended', { exp: Math.floor(Date.now() / 1000) - 10 }],
    ])('%s is not given', async (_what, twist) => {
      server.twist = twist;
      await expect(issue(TRAINER)).rejects.toMatchObject({ kind: 'refused' });
    });

    test('for more than the default audiences is not given', async () => {
      server.twist = { aud: ['vault', 'cloud'] };
      await expect(issue({ ...TRAINER, tokenDefaultAudiences: ['vault'] })).rejects.toMatchObject({ kind: 'refused' });
    });
  });

  describe('a caller', () => {
    test.each<[string, KubernetesRequest, string]>([
      ['names no namespace', {}, 'kubernetes_namespace'],
      ['names one of others', { kubernetesNamespace: 'kube-system' }, 'kubernetes_namespace'],
      ['leaves the namespace', { kubernetesNamespace: 'training/../kube-system' }, 'kubernetes_namespace'],
      ['asks for every audience', { ...IN_TRAINING, audiences: ['*'] }, 'audiences'],
    ])('who %s is refused before anybody is asked', async (_what, request, where) => {
      const before = server.asked.length;
      await expect(issue(TRAINER, request)).rejects.toMatchObject({ code: 'request.invalid', where });
      expect(server.asked).toHaveLength(before);
    });

    test('who asks for a shorter token than there is learns how short it may be', async () => {
      await expect(issue(TRAINER, IN_TRAINING, 599_000)).rejects.toMatchObject({ code: 'request.invalid', where: 'ttl' });
      await issue(TRAINER, IN_TRAINING, 600_000);
    });
  });

  describe('rights', () => {
    test('that lack are named exactly, for each namespace', async () => {
      const role = { ...newKubernetesRole, serviceAccountName: 'trainer', allowedKubernetesNamespaces: ['training', 'other'] };
      expect(await open().check([role], within(5000))).toEqual([
        {
          what: 'create serviceaccounts/token of trainer in other',
          remedy: expect.stringContaining(
            'kubectl create role watchword-tokens --verb=create --resource-name=trainer --resource=serviceaccounts/token -n other',
          ),
        },
      ]);
      await expect(open().tryRole?.(role, within(5000))).rejects.toMatchObject({ code: 'engine.invalid' });
      expect(await open().check([{ ...role, allowedKubernetesNamespaces: ['*'] }], within(5000))).toMatchObject([
        { what: 'create serviceaccounts/token of trainer in every namespace' },
      ]);
    });

    test('an account that is not there is told in the words of the server', async () => {
      server.allowed.add('training/nobody');
      await expect(issue({ ...TRAINER, serviceAccountName: 'nobody' })).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('serviceaccounts "nobody" not found'),
      });
      server.allowed.delete('training/nobody');
    });
  });

  describe('a server', () => {
    test('with a certificate of somebody else is told nothing', async () => {
      const before = server.asked.length;
      const check = open({ kubernetesCaCert: selfSigned().cert }).check([], within(5000));
      await expect(check).rejects.toMatchObject({ kind: 'refused' });
      expect(server.asked).toHaveLength(before);
    });

    test('that takes the request and says nothing leaves the outcome open, at the end of the time', async () => {
      server.instead.push('silence');
      const lease = newLease();
      const role = { ...newKubernetesRole, ...TRAINER };
      const ref = { lease, role, material: { namespace: 'training', audiences: [] }, handle: undefined };
      await expect(open().create(ref, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
      await expect(open().create(ref, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'unreachable' });
    });

    test('whose words repeat a token: it is not in the message', async () => {
      server.instead.push({ status: 403, json: { kind: 'Status', message: `no right\nfor ${own}` } });
      const error = await issue(TRAINER).catch((thrown: unknown) => thrown as Error);
      expect(String(error)).toContain('403 no right for [redacted]');
      expect(String(error)).not.toContain(own.slice(-30));
    });

    test.each<[number, string]>([
      [429, 'throttled'],
      [500, 'unknown-outcome'],
      [404, 'refused'],
      [200, 'refused'],
    ])('that answers %i and no token: %s', async (status, kind) => {
      server.instead.push({ status, json: {} });
      await expect(issue(TRAINER)).rejects.toMatchObject({ kind });
    });
  });
});

describe('what is set', () => {
  const good = {
    ...newKubernetesConnection,
    kubernetesHost: 'https://k8s.example:6443',
    serviceAccountJwt: Secret.fromText('a.b.c'),
  };
  test.each([
    ['http://k8s.example', 'kubernetes_host'],
    ['k8s.example:6443', 'kubernetes_host'],
    ['https://user@k8s.example', 'kubernetes_host'],
    ['https://k8s.example/../x', 'kubernetes_host'],
    ['https://k8s.example/?a=b', 'kubernetes_host'],
  ])('%s is no address of an API server', (kubernetesHost, where) => {
    expect(() => kubernetesEngine.connection.check({ ...good, kubernetesHost })).toThrow(expect.objectContaining({ where }));
    kubernetesEngine.connection.check({ ...good, kubernetesHost: 'https://rancher.example/k8s/clusters/c-1' });
  });

  test('a token must be there, and be one; it is in no message', () => {
    const without = { ...good, serviceAccountJwt: undefined };
    expect(() => kubernetesEngine.connection.check(without)).toThrow(/service_account_jwt: must be set/);
    const wrong = { ...good, serviceAccountJwt: Secret.fromText('word of somebody') };
    expect(() => kubernetesEngine.connection.check(wrong)).toThrow(/^(?!.*somebody)service_account_jwt/);
  });

  test.each<[string, Partial<KubernetesRole>, string]>([
    ['no namespace', { serviceAccountName: 'a' }, 'allowed_kubernetes_namespaces'],
    ['a path', { serviceAccountName: 'a', allowedKubernetesNamespaces: ['a/b'] }, 'allowed_kubernetes_namespaces'],
    ['no account', { allowedKubernetesNamespaces: ['a'] }, 'service_account_name'],
    ['another path', { allowedKubernetesNamespaces: ['a'], serviceAccountName: '../x' }, 'service_account_name'],
  ])('a role with %s is refused', (_what, role, where) => {
    expect(() => kubernetesEngine.role.check({ ...newKubernetesRole, ...role })).toThrow(expect.objectContaining({ where }));
  });

  test('what would have to be cleared away in the cluster is refused, with what to do instead', () => {
    const fields = z.object(kubernetesEngine.role.fields).partial();
    const wrong = {
      kubernetesRoleName: 'admin',
      generatedRoleRules: 'rules: []',
      extraLabels: { a: 'b' },
      kubernetesRoleType: 'ClusterRole',
    };
    for (const [name, value] of Object.entries(wrong)) {
      expect(fields.safeParse({ [name]: value }).error?.message).toContain('name it in service_account_name');
    }
    const selector = fields.safeParse({ allowedKubernetesNamespaceSelector: '{}' });
    expect(selector.error?.message).toContain('allowed_kubernetes_namespaces');
    // What Vault's clients send by themselves makes nothing.
    expect(fields.safeParse({ kubernetesRoleType: 'Role', kubernetesRoleName: '', extraLabels: {} }).success).toBe(true);
    const request = z.object(kubernetesEngine.request?.fields ?? {});
    expect(request.safeParse({ clusterRoleBinding: true }).error?.message).toContain('nothing is bound in the cluster');
  });
});

import { decodeJwt } from 'jose';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { refusalOf, VendorApi, type VendorRequest } from '../vendor-api.ts';
import type { KubernetesConnection } from './connection.ts';
import { type KubernetesMaterial, SHORTEST_TOKEN } from './request.ts';
import type { KubernetesRole } from './role.ts';

/** When it ends, in milliseconds since the epoch: all that there is to know later. */
export interface KubernetesHandle {
  readonly expiresAt: number;
}

type Ref = CredentialRef<KubernetesRole, KubernetesMaterial, KubernetesHandle>;

/** Clocks differ. A token that is good for longer was not given as it was asked for. */
const TOLERANCE_MS = 60_000;
/** A request for exactly so many seconds is taken for a kubelet's of old, and its token may be good for a year. */
const EXTENDED_TOKEN = 3607;
/** Namespaces that are asked about when rights are looked at. */
const MOST_NAMESPACES = 32;

const tokenRequestSchema = z.object({
  kind: z.literal('TokenRequest'),
  status: z.object({ token: z.string().min(1).max(65_536), expirationTimestamp: z.iso.datetime({ offset: true }) }),
});
const accessReviewSchema = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  status: z.object({ allowed: z.boolean(), denied: z.boolean().optional() }),
});
const claimsSchema = z.object({
  sub: z.string(),
  exp: z.int(),
  aud: z.union([z.string(), z.array(z.string())]).transform((aud) => [aud].flat()),
});
const failureSchema = z.object({ message: z.string() });

/** Tokens of service accounts. Nothing of them can be taken back: they end at their time. */
export class KubernetesTarget implements Target<KubernetesRole, KubernetesMaterial, KubernetesHandle> {
  readonly #connection: KubernetesConnection;
  readonly #on: EngineDependencies;
  readonly #api: VendorApi;
  readonly #own: Secret;

  constructor(connection: KubernetesConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    // API servers hardly ever have public addresses; whoever configures the engine names this one.
    this.#api = new VendorApi(on.network, { tlsCa: connection.kubernetesCaCert, internal: true });
    this.#own = Secret.fromText(connection.serviceAccountJwt?.text.trim() ?? '');
  }

  async check(roles: readonly KubernetesRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    if (roles.length === 0) {
      // Whoever has logged in may ask this, whatever the answer is.
      await this.#mayRequest({ name: '', namespace: '' }, call);
      return [];
    }
    const shortfalls: Shortfall[] = [];
    for (const { serviceAccountName: name, allowedKubernetesNamespaces: allowed } of roles) {
      const namespaces = allowed.includes('*') ? [''] : allowed.slice(0, MOST_NAMESPACES);
      for (const namespace of namespaces) {
        if (!(await this.#mayRequest({ name, namespace }, call))) shortfalls.push(shortfallOf(name, namespace));
      }
    }
    return shortfalls;
  }

  async tryRole(role: KubernetesRole, call: TargetCall): Promise<void> {
    const [shortfall] = await this.check([role], call);
    if (shortfall !== undefined) {
      invalidSetting('service_account_name', `${shortfall.what} is not allowed. What to do: ${shortfall.remedy}`);
    }
  }

  async create({ lease, role, material }: Ref, call: TargetCall): Promise<Created<KubernetesHandle>> {
    if (material === undefined) throw new TargetError('refused', 'nothing is known of what was asked for');
    const { namespace, audiences } = material;
    const name = role.serviceAccountName;
    const { clock } = this.#on;
    const asked = Math.max(SHORTEST_TOKEN, Math.floor((lease.expiresAt - clock.now()) / 1000));
    const expirationSeconds = asked === EXTENDED_TOKEN ? EXTENDED_TOKEN - 1 : asked;
    const until = clock.now() + expirationSeconds * 1000;
    const json = await this.#post(
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
      {
        what: `a token of ${namespace}/${name}`,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences, expirationSeconds } },
        changes: true,
      },
      call,
    );
    const granted = tokenRequestSchema.safeParse(json);
    if (!granted.success) throw new TargetError('refused', 'the answer is no TokenRequest: this is not an API server');
    const { token, expirationTimestamp } = granted.data.status;
    const end = checkedEnd(token, { subject: `system:serviceaccount:${namespace}:${name}`, audiences });
    const said = Date.parse(expirationTimestamp);
    if (Math.max(end, said) > until + TOLERANCE_MS) {
      throw new TargetError('refused', 'the API server gave a token that is good for longer than was asked for');
    }
    const expiresAt = Math.min(end, said, lease.expiresAt);
    if (expiresAt <= clock.now()) throw new TargetError('refused', 'the API server gave a token that has ended');
    return {
      handle: { expiresAt },
      expiresAt,
      output: {
        serviceAccountName: name,
        serviceAccountNamespace: namespace,
        serviceAccountToken: Secret.fromText(token),
      },
    };
  }

  /** There is nothing that could be done: the token ends at its time, or with its service account. */
  async revoke(): Promise<void> {}

  /** A token is in the answer alone: what was not answered, nobody has. */
  async probe({ handle }: Ref): Promise<number | undefined> {
    return handle !== undefined && handle.expiresAt > this.#on.clock.now() ? handle.expiresAt : undefined;
  }

  async close(): Promise<void> {}

  async #mayRequest({ name, namespace }: { name: string; namespace: string }, call: TargetCall): Promise<boolean> {
    const resourceAttributes = { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace, name };
    const json = await this.#post(
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        what: 'what the configured service account may do',
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
        changes: false,
      },
      call,
    );
    const review = accessReviewSchema.safeParse(json);
    if (!review.success) throw new TargetError('refused', 'the answer is no SelfSubjectAccessReview: this is not an API server');
    return review.data.status.allowed && review.data.status.denied !== true;
  }

  async #post(path: string, asked: Pick<VendorRequest, 'what' | 'body' | 'changes'>, { signal }: TargetCall): Promise<unknown> {
    const url = `${this.#connection.kubernetesHost.replace(/\/$/, '')}${path}`;
    const request: VendorRequest = { ...asked, method: 'POST', url, bearer: this.#own, signal };
    const answer = await this.#api.ask(request);
    if (answer.status === 201 || answer.status === 200) return answer.json;
    const failure = failureSchema.safeParse(answer.json);
    throw refusalOf(request, answer, failure.success ? failure.data.message : '');
  }
}

/** When the token itself says that it ends, in milliseconds since the epoch. @throws TargetError for the token of somebody else */
function checkedEnd(token: string, { subject, audiences }: { subject: string; audiences: readonly string[] }): number {
  const claims = claimsSchema.safeParse(claimsIn(token));
  if (!claims.success) throw new TargetError('refused', 'the API server gave a token that does not say when it ends');
  const { sub, exp, aud } = claims.data;
  if (sub !== subject) throw new TargetError('refused', 'the API server gave the token of another account');
  const others = audiences.length > 0 && (aud.length !== audiences.length || !audiences.every((one) => aud.includes(one)));
  if (others) throw new TargetError('refused', 'the API server gave a token for other audiences');
  return exp * 1000;
}

function claimsIn(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function shortfallOf(name: string, namespace: string): Shortfall {
  const role = { resource: 'serviceaccounts/token', flags: `--verb=create --resource-name=${name}` };
  const [kind, where] = namespace === '' ? ['clusterrole', ''] : ['role', ` -n ${namespace}`];
  return {
    what: `create serviceaccounts/token of ${name} in ${namespace === '' ? 'every namespace' : namespace}`,
    remedy:
      `kubectl create ${kind} watchword-tokens ${role.flags} --resource=${role.resource}${where}, ` +
      `and a ${kind}binding of it to the configured service account`,
  };
}

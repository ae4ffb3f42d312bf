import { z } from 'zod';
import type { Network } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { refusedLogin, unavailableLogin } from '../../login-refusal.ts';
import type { KubernetesConfig } from './kubernetes-config.ts';

const PATH = '/apis/authentication.k8s.io/v1/tokenreviews';
const LARGEST = 256 * 1024;
const TIMEOUT_MS = 4_000;

const texts = z.array(z.string()).max(1000);
/** `TokenReview.status` of authentication.k8s.io/v1; what the API server leaves out is not there. */
const reviewSchema = z.object({
  kind: z.literal('TokenReview'),
  status: z.object({
    authenticated: z.boolean().optional(),
    audiences: texts.optional(),
    error: z.string().optional(),
    user: z.object({ username: z.string(), uid: z.string().optional(), extra: z.record(z.string(), texts).nullish() }).optional(),
  }),
});

type ReviewStatus = z.infer<typeof reviewSchema>['status'];

/** What the token says of itself, which the API server must say too. */
export interface ReviewedToken {
  readonly token: Secret;
  readonly audience: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly podUid: string | undefined;
}

/**
 * Asks the API server whether the token is good now: that its service account, and its pod if it has one, are still there.
 * @throws WatchwordError `login.refused`; `login.unavailable` where the API server does not say
 */
export async function reviewToken(network: Network, config: KubernetesConfig, reviewed: ReviewedToken): Promise<void> {
  const { token, audience } = reviewed;
  const { kubernetesHost, kubernetesCaCert, tokenReviewerJwt } = config;
  const answer = await network
    .request({
      url: `${kubernetesHost.replace(/\/$/, '')}${PATH}`,
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${(tokenReviewerJwt ?? token).text}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: token.text, audiences: [audience] },
      }),
      ca: kubernetesCaCert || undefined,
      // API servers hardly ever have public addresses; whoever configures the method names this one.
      allowPrivate: true,
      maxBytes: LARGEST,
      timeoutMs: TIMEOUT_MS,
    })
    .catch(() => {
      throw unavailableLogin('kubernetes.unreachable');
    });
  if (answer.status === 401 || answer.status === 403) {
    // With its own token it is the caller who may not ask; with ours it is we, and nobody was refused.
    throw tokenReviewerJwt === undefined ? refusedLogin('kubernetes.reviewer') : unavailableLogin('kubernetes.reviewer');
  }
  if (answer.status !== 200 && answer.status !== 201) throw unavailableLogin('kubernetes.unreachable');
  checkStatus(statusIn(answer.body), reviewed);
}

function statusIn(body: Buffer): ReviewStatus {
  const parsed = reviewSchema.safeParse(parsedJson(body.toString('utf8')));
  if (!parsed.success) throw unavailableLogin('kubernetes.answer');
  return parsed.data.status;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The user's extra fields, as the API server has them since 1.23. */
const POD_UID = 'authentication.kubernetes.io/pod-uid';

function checkStatus({ authenticated, audiences = [], error, user }: ReviewStatus, reviewed: ReviewedToken): void {
  if (authenticated !== true || (error !== undefined && error !== '')) throw refusedLogin('kubernetes.not-authenticated');
  // An API server that knows nothing of audiences names none, and has looked at none.
  if (!audiences.includes(reviewed.audience)) throw refusedLogin('kubernetes.audience');
  const parts = user?.username.split(':') ?? [];
  const [system, kind, namespace, name] = parts;
  const named = parts.length === 4 && system === 'system' && kind === 'serviceaccount';
  if (!named || namespace !== reviewed.namespace || name !== reviewed.name) throw refusedLogin('kubernetes.other-account');
  if (user?.uid !== reviewed.uid) throw refusedLogin('kubernetes.other-account');
  const [podUid] = user.extra?.[POD_UID] ?? [];
  if (podUid !== undefined && podUid !== reviewed.podUid) throw refusedLogin('kubernetes.other-account');
}

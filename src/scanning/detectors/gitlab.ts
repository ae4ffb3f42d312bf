import { crc32 } from 'node:zlib';
import type { Check, Detector } from '../detector.ts';
import type { Maker } from './maker.ts';
import { chars, either, optional, type Shape, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'GitLab', family: 'code-hosts', source: 'https://docs.gitlab.com/security/tokens/' } as const;

const base36 = (value: number, digits: number): string => value.toString(36).padStart(digits, '0');

/** Payload, `.`, its length in two digits of base 36, and the CRC-32 of everything before in seven. */
function withTail(start: string): string {
  const payload = start.slice(start.lastIndexOf('-') + 1);
  const counted = `${start}.${base36(payload.length, 2)}`;
  return counted + base36(crc32(counted), 7);
}

/** The routable form names its length and its checksum; the older one has neither. Unconfirmed by the vendor: see the source. */
function checkRoutable(value: string): Check | undefined {
  const dot = value.lastIndexOf('.');
  if (dot < 0) return undefined;
  const tail = value.slice(dot + 1);
  const ok = base36(crc32(value.slice(0, -7)), 7) === tail.slice(-7);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

const routableShape = seq(chars('base64url', 27, 300), '.', optional(seq(chars('base36', 2), '.')), chars('base36', 9));
const routable = (prefix: string): Shape =>
  sampled(routableShape, (make: Maker) => withTail(`${prefix}${make.chars('base62', 30)}`).slice(prefix.length));

const plain = (kind: string, title: string, prefix: string, body: Shape): Detector =>
  token({ ...of, id: `gitlab-${kind}`, title: `GitLab ${title}`, prefix, body, notAfter: 'A-Za-z0-9_-' });

const either20 = (prefix: string): Shape => either(routable(prefix), chars('base64url', 20));
const both = (kind: string, title: string, prefix: string): Detector =>
  token({
    ...of,
    id: `gitlab-${kind}`,
    title: `GitLab ${title}`,
    prefix,
    body: either20(prefix),
    notAfter: 'A-Za-z0-9_-',
    check: checkRoutable,
  });

export const gitlab: readonly Detector[] = [
  both('personal-access-token', 'personal access token', 'glpat-'),
  token({
    ...of,
    id: 'gitlab-runner-token',
    title: 'GitLab runner authentication token',
    prefix: 'glrt-',
    body: seq(optional(seq('t', chars('digits', 1), '_')), either(routableShape, chars('base64url', 20))),
    notAfter: 'A-Za-z0-9_-',
  }),
  plain('deploy-token', 'deploy token', 'gldt-', chars('base64url', 20)),
  plain('job-token', 'CI job token', 'glcbt-', seq(chars('base62', 1, 5), '_', chars('base64url', 20))),
  plain('trigger-token', 'pipeline trigger token', 'glptt-', chars('hex', 40)),
  plain('feed-token', 'feed token', 'glft-', chars('base64url', 20)),
  plain('agent-token', 'agent token', 'glagent-', chars('base64url', 50)),
  plain('oauth-secret', 'OAuth application secret', 'gloas-', chars('base64url', 64)),
  plain('scim-token', 'SCIM token', 'glsoat-', chars('base64url', 20)),
  plain('incoming-mail-token', 'incoming mail token', 'glimt-', chars('base64url', 25)),
  plain('feature-flag-token', 'feature flag client token', 'glffct-', chars('base64url', 20)),
  plain('workspace-token', 'workspace token', 'glwt-', chars('base64url', 20)),
  plain('runner-registration-token', 'runner registration token', 'GR1348941', chars('base64url', 20)),
];

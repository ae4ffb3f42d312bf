import type { WorkloadFacts } from '../contract.ts';
import type { TokenParameters } from './token-parameters.ts';

/** Who logged in, in words that mean the same for every platform. */
export interface Workload {
  /** Auth method: `kubernetes`, `aws`, … */
  readonly method: string;
  /** Stable and never given to another: built from ids, not from names that can be taken over. */
  readonly subject: string;
  /** For people. */
  readonly displayName: string;
  /** What the platform says of it: `namespace`, `repository_id`, `instance_id`. Names hold no `.`. */
  readonly claims: Readonly<Record<string, string>>;
  /** Where it runs, as far as the platform says. */
  readonly cluster?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Who is known by nothing but a name that this mount keeps: whoever has the name after it was deleted and made anew is another.
 * @param incarnation absent for a name that was made before names had one
 */
export function subjectByName(mountId: string, name: string, { incarnation }: Pick<TokenParameters, 'incarnation'>): string {
  return [mountId, name, incarnation].filter((part) => part !== undefined).join(':');
}

/** What of a role its tokens tell. */
type Told = Pick<TokenParameters, 'owner' | 'expectedCluster' | 'expectedRegion' | 'expectedCidrs'>;

/** What the token carries, and policy templates may refer to: `{{workload.claims.namespace}}`. */
export function workloadAttributes(workload: Workload, role: string, told: Told): Record<string, string> {
  const attributes: Record<string, string> = {
    'workload.method': workload.method,
    'workload.subject': workload.subject,
    'workload.role': role,
    'workload.owner': told.owner,
    'workload.cluster': workload.cluster ?? '',
    'workload.region': workload.region ?? '',
    'workload.expected-cluster': told.expectedCluster,
    'workload.expected-region': told.expectedRegion,
    'workload.expected-cidrs': told.expectedCidrs.join(','),
  };
  for (const [name, value] of Object.entries(workload.claims)) attributes[`${CLAIM}${name}`] = value;
  return attributes;
}

const CLAIM = 'workload.claims.';

/** The reverse of {@link workloadAttributes}. */
export function workloadFacts(attributes: Readonly<Record<string, string>>): WorkloadFacts | undefined {
  const value = (name: string) => attributes[`workload.${name}`] ?? '';
  if (value('subject') === '') return undefined;
  const claims = Object.entries(attributes).flatMap(([name, text]) =>
    name.startsWith(CLAIM) && text !== '' ? [[name.slice(CLAIM.length), text] as const] : [],
  );
  return {
    method: value('method'),
    subject: value('subject'),
    role: value('role'),
    owner: value('owner'),
    cluster: value('cluster'),
    region: value('region'),
    expectedCluster: value('expected-cluster'),
    expectedRegion: value('expected-region'),
    expectedCidrs: value('expected-cidrs') === '' ? [] : value('expected-cidrs').split(','),
    claims: Object.fromEntries(claims),
  };
}

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

/** What policy templates may refer to: `{{workload.claims.namespace}}`. */
export function workloadAttributes(workload: Workload, role: string, owner: string): Record<string, string> {
  const attributes: Record<string, string> = {
    'workload.method': workload.method,
    'workload.subject': workload.subject,
    'workload.role': role,
    'workload.owner': owner,
    'workload.cluster': workload.cluster ?? '',
    'workload.region': workload.region ?? '',
  };
  for (const [name, value] of Object.entries(workload.claims)) attributes[`workload.claims.${name}`] = value;
  return attributes;
}

/** Who acts: what a login or a token yields, and what everything else reads. Holds no secret. */
export interface Principal {
  /** How it was established: `token`, `kubernetes`, `jwt`, … or `system` for our own background work. */
  readonly method: string;
  /** Stable within the method, for example `system:serviceaccount:ns:name`; for bare tokens the accessor. */
  readonly id: string;
  /** For people: shown in logs and tables. */
  readonly displayName: string;
  readonly namespace: string;
  /** The session's accessor: what is issued to it is revoked with it. Empty for `system`. */
  readonly session: string;
  readonly policies: readonly string[];
  /** Facts about the caller for policy templates: `identity.entity.metadata.team` and the like. */
  readonly attributes: Readonly<Record<string, string>>;
}

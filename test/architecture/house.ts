/** One folder under `src/`. */
export interface Room {
  readonly name: string;
  /** First line of its README after `# name: `. */
  readonly line: string;
  /** A room imports only from lower floors and from itself. Undefined for those beside the house. */
  readonly floor?: number;
  /** Instead of all lower floors: exactly these rooms. */
  readonly only?: readonly string[];
  /** Rooms that it may reach by `await import()` and in no other way. */
  readonly later?: readonly string[];
}

/** The picture of the house. A room that has no folder yet is planned. */
export const rooms: readonly Room[] = [
  {
    name: 'foundation',
    floor: 0,
    line: 'words every room uses: errors, time, ids, Principal (who acts), Secret, fingerprint, ports (clock, random, files, logger)',
  },
  { name: 'storage', floor: 1, line: 'open a database (SQLite or PostgreSQL), transactions, migrations' },
  { name: 'scanning', floor: 1, line: 'finding credentials in bytes: engine/ detectors/ sources/ reports/' },
  {
    name: 'transparency',
    floor: 1,
    line: 'Merkle tree, checkpoints, proofs and the offline verifier: pure, no I/O of its own',
  },
  { name: 'keyring', floor: 2, line: 'envelope encryption, key hierarchy, rewrap; seals/ (one file per way to unseal)' },
  { name: 'redaction', floor: 2, line: 'credentials removed from text as it streams' },
  {
    name: 'audit',
    floor: 3,
    line: "the tamper-evident log: append, group commit, sign checkpoints, projections' cursors; sinks/ (one file per SIEM)",
  },
  { name: 'policy', floor: 3, line: 'path policies: parse, compile, decide, explain' },
  {
    name: 'access',
    floor: 4,
    line: 'the one door (a reference monitor): authenticate, authorise, limit, perform, wrap, audit. Rooms offer operations; nothing else is reachable from outside',
  },
  { name: 'mounts', floor: 5, line: 'namespaces, and which engine answers under which path' },
  { name: 'store', floor: 5, line: 'versioned secrets (KV), cubbyhole' },
  {
    name: 'identity',
    floor: 5,
    line: 'who is calling: tokens, workloads; methods/ (kubernetes, aws, gcp, azure, jwt, ...); issuer (our own OIDC tokens)',
  },
  {
    name: 'leases',
    floor: 5,
    line: 'short-lived credentials: ledger, renewal, revocation; engines/ (postgresql, redis, s3, ...)',
  },
  { name: 'rotation', floor: 6, line: 'schedules, events, overlap; rotators/' },
  { name: 'inventory', floor: 6, line: 'every credential: owner, consumers, last use, unused for 90 days' },
  { name: 'detection', floor: 6, line: 'unusual retrievals; channels/' },
  { name: 'gateway', floor: 6, line: 'hosted-model keys: providers/, limits, budgets, allowlists, metering' },
  { name: 'maturity', floor: 7, line: 'the four levels and compliance evidence, computed from live state' },
  {
    name: 'api',
    floor: 8,
    only: ['foundation', 'access'],
    line: 'HTTP: vault/ (Vault wire format), native/ (our own, OpenAPI), middleware/',
  },
  { name: 'server', floor: 9, line: 'the one place that constructs things; start, stop, configuration' },
  { name: 'client', only: ['foundation'], line: 'typed client of our HTTP API' },
  { name: 'agent', only: ['foundation', 'client'], line: 'beside the workload: log in, renew, deliver, refresh hooks' },
  {
    name: 'cli',
    only: ['foundation', 'client', 'agent', 'scanning', 'transparency'],
    later: ['server'],
    line: 'commands/ (one file per verb), main.ts',
  },
];

/** Names of the rooms that a room may import, besides itself. */
export function mayImport(room: Room): readonly string[] {
  if (room.only !== undefined) return room.only;
  return rooms.filter((other) => isBelow(other, room)).map((other) => other.name);
}

const isBelow = (lower: Room, upper: Room): boolean =>
  lower.floor !== undefined && upper.floor !== undefined && lower.floor < upper.floor;

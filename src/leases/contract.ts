import type { Secret } from '../foundation/secret.ts';
import type { CredentialOutput, RevocationGuarantee } from './engines/engine.ts';
import type { DamagedLease, EndCause, LeaseState } from './lease.ts';
import type { Hold } from './revocation-hold.ts';
import type { Lifetimes } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;
type Named = { readonly name: string };
type Nothing = Record<string, never>;

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'credentials.issue': { input: CredentialRequest; output: IssuedCredential };
    'leases.lookup': { input: { readonly id: string }; output: LeaseView };
    'leases.renew': { input: { readonly id: string; readonly increment?: number | undefined }; output: RenewedLease };
    'leases.revoke': { input: { readonly id: string; readonly wait?: boolean | undefined }; output: null };
    'leases.revoke-prefix': {
      input: { readonly prefix: string; readonly wait?: boolean | undefined };
      output: { readonly count: number };
    };
    'leases.revoke-workload': {
      input: {
        readonly workload?: string | undefined;
        readonly session?: string | undefined;
        readonly wait?: boolean | undefined;
      };
      output: { readonly count: number };
    };
    'leases.mine': { input: Page; output: LeasePage };
    'leases.give-back': { input: { readonly id: string }; output: null };
    'leases.count': { input: { readonly overdue?: boolean | undefined }; output: LeaseCounts };
    'leases.tidy': { input: Nothing; output: null };
    'leases.hold.read': { input: Nothing; output: Hold | null };
    'leases.hold.begin': { input: Nothing; output: null };
    'leases.hold.release': { input: Nothing; output: null };
    'leases.list': { input: { readonly prefix: string }; output: { readonly keys: readonly string[] } | null };
    'leases.search': { input: LeaseSearch; output: LeasePage };
    'engine.connections.list': { input: Nothing; output: { readonly keys: readonly string[] } | null };
    'engine.connections.read': { input: Named; output: ConnectionView | null };
    'engine.connections.write': { input: ConnectionChange; output: PublicKey | null };
    'engine.connections.public-key': { input: Nothing; output: PublicKey | null };
    'engine.connections.delete': { input: Named; output: null };
    'engine.connections.reset': { input: Named; output: null };
    'engine.connections.test': { input: Named; output: EngineTest };
    'engine.lifetimes.read': { input: Nothing; output: Lifetimes | null };
    'engine.lifetimes.write': { input: Partial<Lifetimes>; output: null };
    'engine.connections.rotate': { input: Named; output: null };
    'engine.static-roles.list': { input: Nothing; output: { readonly keys: readonly string[] } | null };
    'engine.static-roles.read': { input: Named; output: StaticRoleView | null };
    'engine.static-roles.write': { input: StaticRoleChange; output: null };
    'engine.static-roles.delete': { input: Named; output: null };
    'engine.static-roles.rotate': { input: Named; output: null };
    'engine.static-roles.credential': { input: Named; output: StaticCredential | null };
    'engine.passwords.maintain': { input: { readonly account: string }; output: null };
    'engine.roles.list': { input: Nothing; output: { readonly keys: readonly string[] } | null };
    'engine.roles.read': { input: Named; output: RoleView | null };
    'engine.roles.write': { input: RoleChange; output: null };
    'engine.roles.delete': { input: Named; output: null };
  }
}

export interface CredentialRequest {
  /** Below the mount: `creds`, or with `:name` in the role's place; policies speak of it. */
  readonly at: string;
  readonly role: string;
  /** Which capability it takes: `read` where nothing is said; `either` is `update`, or `read` where that is not granted. */
  readonly by?: 'read' | 'update' | 'either' | undefined;
  /** Seconds; less than the role gives. */
  readonly ttl?: number | undefined;
  /** The same key again, from the same session, gives the same credential. */
  readonly idempotencyKey?: string | undefined;
  /** What the engine asks for besides. */
  readonly request?: Fields | undefined;
}

export interface IssuedCredential {
  readonly leaseId: string;
  /** Seconds. */
  readonly ttl: number;
  readonly renewable: boolean;
  readonly revocation: RevocationGuarantee;
  readonly output: CredentialOutput;
}

export interface RenewedLease {
  readonly leaseId: string;
  readonly ttl: number;
  readonly renewable: boolean;
}

/** Times are milliseconds since the epoch. */
export interface LeaseView {
  readonly id: string;
  readonly state: LeaseState;
  readonly cause: EndCause | undefined;
  readonly engine: string;
  readonly connection: string;
  readonly role: string;
  /** What it is called at the target. */
  readonly externalName: string;
  /** `method:id` */
  readonly workload: string;
  readonly session: string;
  readonly issuedAt: number;
  readonly renewedAt: number | undefined;
  readonly expiresAt: number;
  /** Seconds that are left. */
  readonly ttl: number;
  readonly renewable: boolean;
  readonly revocation: RevocationGuarantee;
  readonly attempts: number;
}

interface Page {
  /** Id of the last lease of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface LeasePage {
  readonly leases: readonly (LeaseView | DamagedLease)[];
  /** Where the next page begins; null when this one is the last. */
  readonly next: string | null;
}

export interface LeaseCounts {
  readonly count: number;
  /** By the accessor of the mount they were issued at; those of mounts that are gone are in `count` alone. */
  readonly byMount: Readonly<Record<string, number>>;
}

export interface LeaseSearch extends Page {
  readonly prefix?: string | undefined;
  readonly workload?: string | undefined;
  readonly session?: string | undefined;
}

/** Of a connection that is an authority itself. */
interface PublicKey {
  readonly publicKey: string;
}

export interface ConnectionView {
  readonly engine: string;
  /** The kind of mount it stands below. */
  readonly mount: string;
  readonly plugin: string;
  readonly allowedRoles: readonly string[];
  readonly settings: Fields;
  readonly revocation: RevocationGuarantee;
}

export interface ConnectionChange extends Named {
  readonly plugin?: string | undefined;
  readonly allowedRoles?: readonly string[] | undefined;
  /** Whether to ask the target before the settings are kept; true unless said otherwise. */
  readonly verify?: boolean | undefined;
  readonly settings: Fields;
}

export interface RoleView {
  /** Undefined where the connection is gone. */
  readonly engine: string | undefined;
  readonly connection: string;
  /** Whether the mount may hold several connections. */
  readonly several: boolean;
  readonly ttl: number;
  readonly maxTtl: number;
  readonly owner: string;
  readonly maxLeases: number;
  readonly maxLeasesPerWorkload: number;
  readonly settings: Fields;
  readonly revocation: RevocationGuarantee | undefined;
}

export interface RoleChange extends Named {
  readonly connection?: string | undefined;
  readonly ttl?: number | undefined;
  readonly maxTtl?: number | undefined;
  readonly owner?: string | undefined;
  readonly maxLeases?: number | undefined;
  readonly maxLeasesPerWorkload?: number | undefined;
  readonly settings: Fields;
}

export interface StaticRoleChange extends Named {
  readonly connection?: string | undefined;
  readonly username?: string | undefined;
  /** Seconds. */
  readonly rotationPeriod?: number | undefined;
  readonly owner?: string | undefined;
}

export interface StaticRoleView {
  readonly connection: string;
  readonly username: string;
  readonly rotationPeriod: number;
  readonly owner: string;
  /** Milliseconds since the epoch; undefined until the first change is done. */
  readonly rotatedAt: number | undefined;
}

export interface StaticCredential {
  readonly username: string;
  readonly password: Secret;
  /** Seconds until the password is changed. */
  readonly ttl: number;
  readonly rotationPeriod: number;
  readonly rotatedAt: number;
}

export interface EngineTest {
  readonly reached: boolean;
  /** Why not, where it was not. */
  readonly failure: string | undefined;
  readonly shortfalls: readonly { readonly what: string; readonly remedy: string }[];
}

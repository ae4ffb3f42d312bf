/** Where an engine or auth method answers. `mounts/` keeps them; everybody else only reads them. */
export interface MountPoint {
  readonly id: string;
  readonly namespace: string;
  /** Without leading, with trailing slash: `secret/`, `auth/token/`. */
  readonly path: string;
  /** `kv`, `cubbyhole`, `system`, `token`, … */
  readonly kind: string;
  readonly accessor: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>>;
  readonly config: MountConfig;
}

export interface MountConfig {
  /** Seconds; 0 means the server's default. */
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly forceNoCache: boolean;
  /** `hidden`, `unauth` or empty. */
  readonly listingVisibility: string;
}

/** Time-to-live in seconds that a mount without its own setting gives: 768 hours. */
export const SYSTEM_DEFAULT_TTL = 2_764_800;
export const SYSTEM_MAX_TTL = 2_764_800;

import type { Entities } from './entities.ts';
import type { Groups } from './groups.ts';
import type { Mounts } from './telling.ts';

/** What the operations on entities, groups and aliases stand on. */
export interface IdentityStore {
  readonly entities: Entities;
  readonly groups: Groups;
  readonly mounts: Mounts;
}

import { z } from 'zod';
import { type AnyOperation, defineRead, type ReadContext, type Session } from '../access/operation.ts';
import type { MountPoint } from '../foundation/mount.ts';
import { GuardedRecords, type MountRecordStore } from '../keyring/mount-records.ts';
import { authMethods } from './auth-methods.ts';
import { type RoleFinding, withMountLifetimes } from './logins/role-lint.ts';
import { noTokenParameters, type TokenParameters } from './logins/token-parameters.ts';
import { CONFIG } from './methods/config-operations.ts';

/** A role and what is dangerous in it. */
export interface LintedRole {
  /** `auth/kubernetes/role/train` */
  readonly path: string;
  readonly method: string;
  readonly owner: string;
  readonly findings: readonly RoleFinding[];
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'roles.lint': { input: { mount?: string | undefined }; output: { roles: readonly LintedRole[] } };
  }
}

export interface RoleLintDependencies {
  readonly records: MountRecordStore;
  readonly mounts: () => readonly MountPoint[];
  /** Whether the session, for which the door has made the policies ready, may read this path. */
  readonly mayRead: (session: Session, path: string) => boolean;
}

/** Every role of every mount that the caller may read, with what is dangerous in it. */
export function roleLintOperation(on: RoleLintDependencies): AnyOperation {
  return defineRead<'roles.lint'>({
    name: 'roles.lint',
    summary: 'Tell what is dangerous in the roles that the caller may read.',
    capability: 'read',
    authorization: 'session',
    input: z.object({ mount: z.string().max(1024).optional() }),
    path: () => 'native/roles/lint',
    event: { class: 'access-change', activity: 'read', clear: ['mount'] },
    async perform({ mount: only }, context) {
      const roles: LintedRole[] = [];
      for (const mount of on.mounts()) {
        if (only === undefined || mount.path === only) roles.push(...(await lintedRoles(on, mount, context)));
      }
      return { roles };
    },
  });
}

async function lintedRoles(on: RoleLintDependencies, mount: MountPoint, { reader, session }: ReadContext): Promise<LintedRole[]> {
  const method = authMethods.find(({ kind }) => kind === mount.kind);
  if (method?.lint === undefined || session === undefined) return [];
  const records = new GuardedRecords<TokenParameters>(on.records, 'role');
  const config = await new GuardedRecords<object>(on.records, 'config').find(reader, mount, CONFIG);
  const linted: LintedRole[] = [];
  for (const name of await records.names(reader, mount)) {
    const path = `${mount.path}${method.rolesAt ?? 'role'}/${name}`;
    if (!on.mayRead(session, path)) continue;
    const role = await records.find(reader, mount, name);
    if (role === undefined) continue;
    const { owner } = { ...noTokenParameters, ...role };
    linted.push({ path, method: mount.kind, owner, findings: method.lint(withMountLifetimes(role, mount.config), config) });
  }
  return linted;
}

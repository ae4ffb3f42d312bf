import type { AnyOperation } from '../access/operation.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { EngineLifecycle } from '../mounts/engine.ts';
import type { Transaction } from '../storage/contract.ts';
import { claimReasons } from './jwt/bound-claims.ts';
import { jwtReasons } from './jwt/jwt-reasons.ts';
import type { RefusalReasons } from './login-refusal.ts';
import { loginReasons } from './logins/logins.ts';
import * as catalogue from './methods/index.ts';
import type { AuthMethod, MethodDependencies } from './methods/method.ts';
import type { TokenTree } from './token-tree.ts';

/** Every auth method that there is. */
export const authMethods: readonly AuthMethod[] = Object.values(catalogue);

/** Why logins are refused, all methods together. */
export const refusalReasons: RefusalReasons = Object.assign(
  {},
  loginReasons,
  jwtReasons,
  claimReasons,
  ...authMethods.map(({ reasons }) => reasons),
);

export function methodOperations(on: MethodDependencies): AnyOperation[] {
  return authMethods.flatMap((method) => method.operations(on));
}

/** What mounting and unmounting auth methods means: with a mount go its records, and every token that its logins gave. */
export function authLifecycles(on: Pick<MethodDependencies, 'records'>, tree: TokenTree): EngineLifecycle[] {
  return authMethods.map(({ kind, aliases = {} }) => ({
    kind,
    class: 'auth',
    aliases,
    options: (given) => given,
    async purge(tx: Transaction, { id }: MountPoint) {
      await tree.revokeLogins(tx, id);
      await on.records.table.purge(tx, id);
    },
  }));
}

import type { AnyOperation } from '../access/operation.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Transaction } from '../storage/contract.ts';
import { bindingReasons } from './binding/token-binding.ts';
import { entityReasons } from './entities/directory.ts';
import { claimReasons } from './jwt/bound-claims.ts';
import { jwtReasons } from './jwt/jwt-reasons.ts';
import type { RefusalReasons } from './login-refusal.ts';
import type { ConfirmRenewal } from './logins/login-renewal.ts';
import { loginReasons } from './logins/logins.ts';
import * as catalogue from './methods/index.ts';
import type { AuthMethod, MethodDependencies } from './methods/method.ts';
import type { TokenTree } from './token-tree.ts';
import { unmountedReasons } from './unmounted-login.ts';
import { x509Reasons } from './x509/x509-reasons.ts';

/** Every auth method that there is. */
export const authMethods: readonly AuthMethod[] = Object.values(catalogue);

/** Why logins are refused, all methods together. */
export const refusalReasons: RefusalReasons = Object.assign(
  {},
  loginReasons,
  unmountedReasons,
  entityReasons,
  jwtReasons,
  claimReasons,
  bindingReasons,
  x509Reasons,
  ...authMethods.map(({ reasons }) => reasons),
);

export function methodOperations(on: MethodDependencies): AnyOperation[] {
  return authMethods.flatMap((method) => method.operations(on));
}

/** What methods want to see again before tokens of their logins are renewed, by method. */
export function renewalConfirmations(on: MethodDependencies): ReadonlyMap<string, ConfirmRenewal> {
  return new Map(authMethods.flatMap(({ kind, renewal }) => (renewal === undefined ? [] : [[kind, renewal(on)]])));
}

/** What a kind of auth method does when it is mounted and unmounted; `mounts/` calls it, and `server/` connects them. */
export interface AuthLifecycle {
  readonly kind: string;
  readonly class: 'auth';
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  options(given: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  purge(tx: Transaction, mount: MountPoint): Promise<void>;
}

/** What mounting and unmounting auth methods means: with a mount go its records, and every token that its logins gave. */
export function authLifecycles(on: Pick<MethodDependencies, 'records'>, tree: TokenTree): AuthLifecycle[] {
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

import { isDeepStrictEqual } from 'node:util';
import type { ChangeContext } from '../../access/operation.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountConfig, MountPoint } from '../../foundation/mount.ts';
import { GuardedRecords, type MountRecordStore } from '../../keyring/mount-records.ts';
import { liesWithin } from '../addresses.ts';
import { lesser } from '../lifetime.ts';
import type { Token, TokenLogin } from '../token.ts';
import { sanitizePolicies } from '../token-policies.ts';
import type { TokenParameters } from './token-parameters.ts';

/**
 * What a method wants to see again before a token of its logins is renewed at their mount.
 * @throws WatchwordError `token.invalid`
 */
export type ConfirmRenewal = (token: Token, mount: MountPoint, context: ChangeContext) => Promise<void>;

export interface LoginRenewalDependencies {
  readonly records: MountRecordStore;
  readonly findMount: (id: string) => MountPoint | undefined;
  /** By method. */
  readonly confirmations: ReadonlyMap<string, ConfirmRenewal>;
}

/** The lifetimes that a token from a login has from now on. */
export interface RenewedTerms {
  readonly config: MountConfig;
  /** Seconds; 0 = none. */
  readonly period: number;
}

/**
 * Looks at the role again: a token is renewed only while the very role that gave it is there, and would give the same
 * policies to the same networks.
 * @throws WatchwordError `token.invalid`
 */
export async function renewedTerms(
  { records, findMount, confirmations }: LoginRenewalDependencies,
  context: ChangeContext,
  token: Token,
  { mountId, collection, name, incarnation }: TokenLogin,
): Promise<RenewedTerms> {
  const { tx } = context;
  const { boundCidrs, policies, binding } = token;
  const mount = findMount(mountId);
  const role = mount && (await new GuardedRecords<TokenParameters>(records, collection).find(tx, mount, name));
  if (mount === undefined || role === undefined) {
    throw new WatchwordError('token.invalid', 'the role that this token comes from is gone: it cannot be renewed');
  }
  if (role.incarnation !== incarnation) {
    throw new WatchwordError('token.invalid', 'the role was deleted and made anew, not renewing: log in again');
  }
  const given = sanitizePolicies(role.policies, !role.noDefaultPolicy);
  const bindsLess = role.tokenBinding !== '' && role.tokenBinding !== binding?.kind;
  if (!isDeepStrictEqual(given, policies) || !isBound(boundCidrs, role.boundCidrs) || bindsLess) {
    throw new WatchwordError('token.invalid', 'the role has changed, not renewing: log in again');
  }
  await confirmations.get(token.method)?.(token, mount, context);
  return { config: { ...mount.config, maxTtl: lesser(mount.config.maxTtl, role.maxTtl) }, period: role.period };
}

/** Whether a token with these networks is bound at least as its role binds now. */
function isBound(token: readonly string[], role: readonly string[]): boolean {
  return role.length === 0 || (token.length > 0 && token.every((cidr) => liesWithin(cidr, role)));
}

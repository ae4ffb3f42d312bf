import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { nameSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { checkIssuerSettings, type IssuerSettings } from '../../jwt/issuer-settings.ts';
import { lintTokenParameters, type RoleFinding, warnOfFindings } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';

export interface SlurmConfig {
  /** Name of the cluster, which its agents say too. */
  readonly cluster: string;
  /** Whom the jobs' credentials are meant for; another text for each server. */
  readonly audience: string;
  /** Public keys of the cluster's agents in PEM: Ed25519 or P-256. */
  readonly agentKeys: readonly string[];
}

export interface SlurmRole extends TokenParameters {
  /** Empty = any. Users are named as the cluster names them; a job's name is never looked at, since users choose it. */
  readonly boundUsers: readonly string[];
  readonly boundUids: readonly number[];
  readonly boundAccounts: readonly string[];
  readonly boundPartitions: readonly string[];
}

const names = z.array(nameSchema).max(256);
export const slurmConfigFields = {
  cluster: z.string().max(64),
  audience: z.string().max(256),
  agentKeys: z.array(z.string().max(8192)).max(16),
};
export const slurmRoleFields = {
  ...tokenParameterFields,
  boundUsers: names,
  boundUids: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 32),
    )
    .max(256),
  boundAccounts: names,
  boundPartitions: names,
};
export const newSlurmRole: SlurmRole = {
  ...noTokenParameters,
  boundUsers: [],
  boundUids: [],
  boundAccounts: [],
  boundPartitions: [],
};

/** @throws WatchwordError `login.invalid` */
export function checkedSlurmConfig(config: SlurmConfig): SlurmConfig {
  const missing = (['cluster', 'audience'] as const).find((name) => config[name] === '');
  if (missing !== undefined) throw new WatchwordError('login.invalid', 'must be said', { where: missing });
  checkIssuerSettings(issuerOf(config));
  return config;
}

export function checkSlurmRole(role: SlurmRole, context: ChangeContext): void {
  warnOfFindings(lintSlurmRole(role), context);
}

/** What is dangerous in a role. */
export function lintSlurmRole(role: SlurmRole): RoleFinding[] {
  const { boundUsers, boundUids, boundAccounts, boundPartitions } = role;
  const open = [boundUsers, boundUids, boundAccounts, boundPartitions].every((bound) => bound.length === 0);
  const anyJob: RoleFinding = {
    rule: 'any-workload',
    where: 'bound_accounts',
    message: 'every job of every user of the cluster is admitted',
    advice: 'bind the role to users, accounts or partitions',
  };
  return [...(open ? [anyJob] : []), ...lintTokenParameters(role, { outside: false })];
}

/** How what the agents sign is verified. */
export function issuerOf({ cluster, agentKeys }: SlurmConfig): IssuerSettings {
  const algorithms = ['EdDSA', 'ES256'];
  return { issuer: `slurm:${cluster}`, keys: { from: 'static', pems: agentKeys }, algorithms, internal: false };
}

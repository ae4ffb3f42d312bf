import { z } from 'zod';
import { nameSchema } from '../../../foundation/bounds.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { lintTokenParameters, type RoleFinding } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import type { Workload } from '../../logins/workload.ts';
import { invalidField } from '../invalid-field.ts';
import type { GcpConfig } from './gcp-config.ts';

/** Which service accounts (`iam`) or instances (`gce`) of Google Cloud may log in. All names are exact. */
export interface GcpRole extends TokenParameters {
  readonly roleType: 'iam' | 'gce';
  /** Addresses or numeric ids. */
  readonly boundServiceAccounts: readonly string[];
  readonly boundProjects: readonly string[];
  readonly boundZones: readonly string[];
  readonly boundRegions: readonly string[];
  /** Instead of `vault/<role>`. */
  readonly boundAudiences: readonly string[];
  readonly boundLabels: readonly never[];
  readonly boundInstanceGroups: readonly never[];
  readonly addGroupAliases: false;
  /** Seconds that a token may be valid which a service account signed itself. */
  readonly maxJwtExp: number;
  /** Whether instances may log in with a role of type `iam` by their service account. */
  readonly allowGceInference: boolean;
}

const names = z.array(nameSchema).max(256);
const needsApi = (what: string) => z.array(z.never(`is not supported: ${what} are no part of a token`));

export const gcpRoleFields = {
  ...tokenParameterFields,
  roleType: z.enum(['iam', 'gce']),
  boundServiceAccounts: names,
  boundProjects: names,
  boundZones: names,
  boundRegions: names,
  boundAudiences: names,
  boundLabels: needsApi('labels'),
  boundInstanceGroups: needsApi('instance groups'),
  addGroupAliases: z.literal(false, 'is not supported: groups are no part of a token'),
  maxJwtExp: z.int().min(1).max(3600),
  allowGceInference: z.boolean(),
};

export const newGcpRole: GcpRole = {
  ...noTokenParameters,
  roleType: 'iam',
  boundServiceAccounts: [],
  boundProjects: [],
  boundZones: [],
  boundRegions: [],
  boundAudiences: [],
  boundLabels: [],
  boundInstanceGroups: [],
  addGroupAliases: false,
  maxJwtExp: 900,
  allowGceInference: true,
};

/** @throws WatchwordError `login.invalid` */
export function checkGcpRole(role: GcpRole): void {
  const { roleType, boundServiceAccounts, boundProjects, boundZones, boundRegions } = role;
  const all = [boundServiceAccounts, boundProjects, boundZones, boundRegions].flat();
  if (all.some((value) => value.includes('*'))) invalidField('boundServiceAccounts', 'holds a wildcard: name all values in full');
  if (roleType === 'iam') {
    if (boundServiceAccounts.length === 0) invalidField('boundServiceAccounts', 'must be set for the type iam');
    if (boundZones.length + boundRegions.length > 0)
      invalidField('boundZones', 'goes with the type gce: service accounts have no place');
  } else if (boundProjects.length + boundServiceAccounts.length === 0) {
    invalidField('boundProjects', 'must be set, or bound_service_accounts: Google signs for the instances of everybody');
  }
}

/** Whole audiences: Vault's rule, that the end of one is enough, lets tokens in that are meant for other servers. */
export function audiencesOf({ boundAudiences }: GcpRole, name: string, { audienceBases }: GcpConfig): readonly string[] {
  if (boundAudiences.length > 0) return boundAudiences;
  return [`vault/${name}`, ...audienceBases.map((base) => `${base.replace(/\/$/, '')}/vault/${name}`)];
}

/** Of an address that a project gave: `trainer@acme-ml.iam.gserviceaccount.com`. */
function projectOfAddress(email: string): string | undefined {
  return /@([a-z0-9.-]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
}

/** @throws WatchwordError `login.refused` */
export function refuseUnbound(role: GcpRole, { claims, region }: Pick<Workload, 'claims' | 'region'>): void {
  const among = (bound: readonly string[], value = '') => bound.length === 0 || (value !== '' && bound.includes(value));
  const { service_account_id: id = '', service_account_email: email = '', zone, instance_id: instance } = claims;
  const gce = role.roleType === 'gce';
  if (gce && (instance === undefined || zone === undefined)) throw refusedLogin('gcp.instance');
  if (!gce && !role.allowGceInference && instance !== undefined) throw refusedLogin('gcp.inference');
  if (!among(role.boundServiceAccounts, id) && !among(role.boundServiceAccounts, email)) throw refusedLogin('gcp.account');
  const project = gce ? claims['project_id'] : projectOfAddress(email);
  if (!among(role.boundProjects, project)) throw refusedLogin('gcp.project');
  if (!among(role.boundZones, zone)) throw refusedLogin('gcp.zone');
  if (!among(role.boundRegions, region)) throw refusedLogin('gcp.region');
}

export function lintGcpRole(role: GcpRole, config: GcpConfig | undefined): RoleFinding[] {
  const shared = role.boundAudiences.length === 0 && (config?.audienceBases.length ?? 0) === 0;
  const findings: (RoleFinding | false)[] = [
    shared && {
      rule: 'shared-audience',
      where: 'bound_audiences',
      message: 'every server of this kind has the audience vault/<role>: one could log in to another',
      advice: 'name an audience of your own, or the address of this server in audience_bases',
    },
    role.boundServiceAccounts.some((account) => account.includes('@')) && {
      rule: 'name-only',
      where: 'bound_service_accounts',
      message: 'an address can be given to a new service account after the old one is deleted',
      advice: 'name the numeric ids',
    },
  ];
  return [...findings.filter((finding) => finding !== false), ...lintTokenParameters(role, { outside: true })];
}

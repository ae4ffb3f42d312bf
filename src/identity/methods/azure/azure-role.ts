import { z } from 'zod';
import { nameSchema } from '../../../foundation/bounds.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { lintTokenParameters, type RoleFinding } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import type { Workload } from '../../logins/workload.ts';
import { sameAzureName } from '../../platforms/arm-id.ts';
import { azurePlatform } from '../../platforms/index.ts';
import { invalidField } from '../invalid-field.ts';
import type { AzureConfig } from './azure-config.ts';

/** Which principals of the tenant may log in. Ids and names are whole; letters are the same in either case, as in Azure. */
export interface AzureRole extends TokenParameters {
  /** Object ids; `*` for every principal of the tenant. */
  readonly boundServicePrincipalIds: readonly string[];
  readonly boundGroupIds: readonly string[];
  readonly boundSubscriptionIds: readonly string[];
  readonly boundResourceGroups: readonly string[];
  readonly boundScaleSets: readonly string[];
  readonly boundLocations: readonly never[];
}

const names = z.array(nameSchema).max(256);

export const azureRoleFields = {
  ...tokenParameterFields,
  boundServicePrincipalIds: names,
  boundGroupIds: names,
  boundSubscriptionIds: names,
  boundResourceGroups: names,
  boundScaleSets: names,
  boundLocations: z.array(z.never('is not supported: the location is no part of a token')),
};

export const newAzureRole: AzureRole = {
  ...noTokenParameters,
  boundServicePrincipalIds: [],
  boundGroupIds: [],
  boundSubscriptionIds: [],
  boundResourceGroups: [],
  boundScaleSets: [],
  boundLocations: [],
};

/** @throws WatchwordError `login.invalid` */
export function checkAzureRole(role: AzureRole): void {
  const { boundServicePrincipalIds, boundGroupIds, boundSubscriptionIds, boundResourceGroups, boundScaleSets } = role;
  const places = [boundGroupIds, boundSubscriptionIds, boundResourceGroups, boundScaleSets].flat();
  if (places.length + boundServicePrincipalIds.length === 0) {
    invalidField('boundServicePrincipalIds', 'must be set, or another of the bound_ fields: the tenant has many principals');
  }
  const partial = boundServicePrincipalIds.some((id) => id.includes('*') && id !== '*');
  if (partial || places.some((value) => value.includes('*'))) {
    invalidField('boundServicePrincipalIds', 'holds a wildcard: name all values in full');
  }
  if (boundResourceGroups.length + boundScaleSets.length > 0 && boundSubscriptionIds.length === 0) {
    invalidField('boundSubscriptionIds', 'must be set as well: other subscriptions have groups and scale sets of the same name');
  }
}

/** What a client may say of itself besides the token. Empty texts count as not said. */
export interface ClaimedPlace {
  readonly subscriptionId?: string | undefined;
  readonly resourceGroupName?: string | undefined;
  readonly vmName?: string | undefined;
  readonly vmssName?: string | undefined;
  readonly resourceId?: string | undefined;
}

/**
 * Nothing is believed that the token does not say too.
 * @throws WatchwordError `login.refused`
 */
export function refuseFalsePlace(place: ClaimedPlace, claims: Workload['claims']): void {
  const said = {
    'azure.subscription': [place.subscriptionId, claims['subscription_id']],
    'azure.resource-group': [place.resourceGroupName, claims['resource_group']],
    'azure.scale-set': [place.vmssName, claims['vmss_name']],
    // An instance of a scale set has the set's identity: which of them it is, no token says.
    'azure.vm': [place.vmssName ? '' : place.vmName, claims['vm_name']],
    'azure.resource': [place.resourceId, claims['resource_id']],
  } as const;
  for (const [reason, [claimed = '', proven]] of Object.entries(said)) {
    if (claimed !== '' && (proven === undefined || !sameAzureName(claimed, proven))) throw refusedLogin(reason);
  }
}

/** @throws WatchwordError `login.refused` */
export function refuseUnbound(role: AzureRole, claims: Workload['claims'], groups: readonly string[]): void {
  const among = (bound: readonly string[], value: string | undefined) =>
    bound.length === 0 || (value !== undefined && bound.some((name) => sameAzureName(name, value)));
  const anyPrincipal = role.boundServicePrincipalIds.includes('*');
  if (!anyPrincipal && !among(role.boundServicePrincipalIds, claims['object_id'])) throw refusedLogin('azure.principal');
  if (role.boundGroupIds.length > 0 && !groups.some((group) => among(role.boundGroupIds, group))) {
    throw refusedLogin('azure.group');
  }
  if (!among(role.boundSubscriptionIds, claims['subscription_id'])) throw refusedLogin('azure.subscription');
  if (!among(role.boundResourceGroups, claims['resource_group'])) throw refusedLogin('azure.resource-group');
  if (!among(role.boundScaleSets, claims['vmss_name'])) throw refusedLogin('azure.scale-set');
}

export function lintAzureRole(role: AzureRole, config: AzureConfig | undefined): RoleFinding[] {
  const findings: (RoleFinding | false)[] = [
    role.boundServicePrincipalIds.includes('*') && {
      rule: 'any-workload',
      where: 'bound_service_principal_ids',
      message: 'every principal of the tenant is admitted that the other fields admit',
      advice: 'name the object ids',
    },
    config !== undefined &&
      azurePlatform.sharedAudiences?.test(config.resource) === true && {
        rule: 'shared-audience',
        where: 'resource',
        message: 'tokens for this audience are sent to a service of Azure and to tools: whoever gets one could log in here',
        advice: 'register an application of your own in the tenant, and use its id as resource',
      },
  ];
  return [...findings.filter((finding) => finding !== false), ...lintTokenParameters(role, { outside: true })];
}

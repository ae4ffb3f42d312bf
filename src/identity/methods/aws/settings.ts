import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { lintGlobs, lintTokenParameters, type RoleFinding, warnOfFindings } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';

export interface AwsConfig {
  /** Whom callers must name in their signed requests; another text for each server. Nobody logs in without. */
  readonly iamServerIdHeaderValue: string;
  /** `eu-central-1`; empty: the global endpoint, which is that of us-east-1. */
  readonly stsRegion: string;
  /** Instead of AWS's own. */
  readonly stsEndpoint: string;
  /** Further headers that are passed on, in lower case. */
  readonly allowedStsHeaderValues: readonly string[];
  /** Whether {@link stsEndpoint} may be at a private address, and plain HTTP. */
  readonly internal: boolean;
}

export const awsConfigFields = {
  iamServerIdHeaderValue: z
    .string()
    .max(256)
    .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII without blanks'),
  stsRegion: z
    .string()
    .max(32)
    .regex(/^(?:[a-z]{2}(?:-[a-z]+)+-\d+)?$/, 'must be a region such as eu-central-1'),
  stsEndpoint: z.string().max(1024),
  allowedStsHeaderValues: z.array(z.string().max(128).toLowerCase()).max(32),
  internal: z.boolean(),
};

export const newAwsConfig: AwsConfig = {
  iamServerIdHeaderValue: '',
  stsRegion: '',
  stsEndpoint: '',
  allowedStsHeaderValues: [],
  internal: false,
};

export interface AwsRole extends TokenParameters {
  readonly authType: 'iam';
  /** `arn:aws:iam::123456789012:role/trainer`; the path of a role is not among what callers prove. */
  readonly boundIamPrincipalArn: readonly string[];
  /** `AROA…`, `AIDA…`: unlike names, never given to another. */
  readonly boundIamPrincipalId: readonly string[];
  readonly boundAccountId: readonly string[];
}

const texts = z.array(z.string().min(1).max(512)).max(256);
export const awsRoleFields = {
  ...tokenParameterFields,
  authType: z.enum(['iam'], 'only iam is offered: an instance proves its role by iam as well'),
  boundIamPrincipalArn: texts,
  boundIamPrincipalId: z.array(z.string().regex(/^[A-Z0-9]{16,128}$/, 'holds something that is no unique id')).max(256),
  boundAccountId: z.array(z.string().regex(/^\d{12}$/, 'holds something that is no account')).max(256),
};

export const newAwsRole: AwsRole = {
  ...noTokenParameters,
  authType: 'iam',
  boundIamPrincipalArn: [],
  boundIamPrincipalId: [],
  boundAccountId: [],
};

const ARN = /^arn:(?:aws|aws-cn|aws-us-gov):(?:iam|sts)::\d{12}:(?:role|user|assumed-role)\/[\w+=,.@/*-]+$/;

/** @throws WatchwordError `login.invalid` */
export function checkAwsRole(role: AwsRole, context: ChangeContext): void {
  if (!role.boundIamPrincipalArn.every((arn) => ARN.test(arn) && !/\*(?!$)/.test(arn))) {
    throw new WatchwordError('login.invalid', 'must be ARNs of roles or users in full; only the end of a name may be *', {
      where: 'bound_iam_principal_arn',
    });
  }
  if ([role.boundIamPrincipalArn, role.boundIamPrincipalId, role.boundAccountId].every((bound) => bound.length === 0)) {
    throw new WatchwordError(
      'login.invalid',
      'at least one of bound_iam_principal_arn, bound_iam_principal_id and bound_account_id is needed',
      {
        where: 'bound_iam_principal_arn',
      },
    );
  }
  warnOfFindings(lintAwsRole(role), context);
}

/** What is dangerous in a role. */
export function lintAwsRole(role: AwsRole): RoleFinding[] {
  const anyPrincipal: RoleFinding = {
    rule: 'any-workload',
    where: 'bound_account_id',
    message: 'every principal of the account is admitted',
    advice: 'bind the role to unique ids or ARNs as well',
  };
  const byName: RoleFinding = {
    rule: 'name-only',
    where: 'bound_iam_principal_arn',
    message: 'principals are bound by name: one that is deleted and made again is admitted as well',
    advice: 'bind the role to unique ids: bound_iam_principal_id',
  };
  const named = role.boundIamPrincipalArn.length > 0;
  const identified = role.boundIamPrincipalId.length > 0;
  return [
    ...(named || identified ? [] : [anyPrincipal]),
    ...(named && !identified ? [byName] : []),
    ...lintGlobs('bound_iam_principal_arn', role.boundIamPrincipalArn),
    ...lintTokenParameters(role, { outside: true }),
  ];
}

/** Where STS is, by the settings alone. */
export interface Sts {
  readonly url: string;
  /** Names that callers may have signed for. */
  readonly hosts: readonly string[];
  /** That callers must have signed for. */
  readonly region: string;
}

export function stsOf({ stsRegion, stsEndpoint }: AwsConfig): Sts {
  const region = stsRegion === '' ? 'us-east-1' : stsRegion;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const own = stsRegion === '' ? `sts.${domain}` : `sts.${region}.${domain}`;
  if (stsEndpoint === '') return { url: `https://${own}/`, hosts: [own], region };
  const url = new URL(stsEndpoint);
  return { url: `${url.origin}/`, hosts: [url.host, own], region };
}

/** @throws WatchwordError `login.invalid` */
export function checkedAwsConfig(config: AwsConfig, { warn }: Pick<ChangeContext, 'warn'>): AwsConfig {
  const { stsEndpoint, internal, iamServerIdHeaderValue } = config;
  if (stsEndpoint !== '') {
    const url = URL.canParse(stsEndpoint) ? new URL(stsEndpoint) : undefined;
    const plain = url?.protocol === 'http:' && internal;
    const bare = url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    if ((url?.protocol !== 'https:' && !plain) || !bare) {
      throw new WatchwordError('login.invalid', 'must be an https URL without a path', { where: 'sts_endpoint' });
    }
  }
  if (iamServerIdHeaderValue === '') warn('iam_server_id_header_value is empty: nobody can log in until it is set');
  return config;
}

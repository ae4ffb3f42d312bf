import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { Networks } from '../../addresses.ts';
import { count, duration } from '../../inputs.ts';
import { lintTokenParameters, type RoleFinding } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';

export interface ApproleRole extends TokenParameters {
  /** Names the role to whoever logs in; no secret, and not to be guessed. */
  readonly roleId: string;
  /** Whether a secret id is needed besides the role id. */
  readonly bindSecretId: boolean;
  /** From where secret ids may be used. */
  readonly secretIdBoundCidrs: readonly string[];
  /** Uses of a new secret id; 0 = any number. */
  readonly secretIdNumUses: number;
  /** Seconds that a new secret id lives; 0 = for ever. */
  readonly secretIdTtl: number;
  readonly localSecretIds: boolean;
}

export const approleFields = {
  ...tokenParameterFields,
  roleId: z.string().min(1).max(256),
  bindSecretId: z.boolean(),
  secretIdBoundCidrs: z.array(z.string().max(64)).max(256),
  secretIdNumUses: count,
  secretIdTtl: duration,
  localSecretIds: z.boolean(),
};

export const newApprole: ApproleRole = {
  ...noTokenParameters,
  roleId: '',
  bindSecretId: true,
  secretIdBoundCidrs: [],
  secretIdNumUses: 0,
  secretIdTtl: 0,
  localSecretIds: false,
};

/** @throws WatchwordError `login.invalid`, `token.invalid` for what is no network */
export function checkApprole(role: ApproleRole, { warn }: Pick<ChangeContext, 'warn'>): void {
  new Networks(role.secretIdBoundCidrs);
  if (!role.bindSecretId && role.secretIdBoundCidrs.length === 0 && role.boundCidrs.length === 0) {
    throw new WatchwordError('login.invalid', 'at least one constraint should be enabled on the role', {
      where: 'bind_secret_id',
    });
  }
  if (role.bindSecretId && role.secretIdTtl === 0 && role.secretIdNumUses === 0) {
    warn('secret ids of this role live for ever and can be used any number of times: set secret_id_ttl or secret_id_num_uses');
  }
}

/** What is dangerous in a role. */
export function lintApprole(role: ApproleRole): RoleFinding[] {
  const forever: RoleFinding = {
    rule: 'unlimited-secret',
    where: 'secret_id_ttl',
    message: 'its secret ids live for ever and can be used any number of times',
    advice: 'set secret_id_ttl to minutes and secret_id_num_uses to 1, and hand them out wrapped',
  };
  const without: RoleFinding = {
    rule: 'no-secret',
    where: 'bind_secret_id',
    message: 'whoever is in one of its networks needs the role id alone, which is no secret',
    advice: 'let the platform vouch for the workload instead',
  };
  return [
    ...(role.bindSecretId && role.secretIdTtl === 0 && role.secretIdNumUses === 0 ? [forever] : []),
    ...(role.bindSecretId ? [] : [without]),
    ...lintTokenParameters(role, { outside: false }),
  ];
}

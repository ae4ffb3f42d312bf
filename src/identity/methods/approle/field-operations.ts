import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../../access/operation.ts';
import { nameSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import { warnOfEmptyBounds } from '../../logins/role-lint.ts';
import { checkTokenParameters } from '../../logins/token-parameters.ts';
import { type ApproleRole, approleFields, checkApprole, newApprole } from './settings.ts';

/** Fields of a role that have a path of their own, so that a policy can give away one alone. */
export const fieldPaths = {
  roleId: 'role-id',
  policies: 'policies',
  secretIdNumUses: 'secret-id-num-uses',
  secretIdTtl: 'secret-id-ttl',
  ttl: 'token-ttl',
  maxTtl: 'token-max-ttl',
  period: 'period',
  bindSecretId: 'bind-secret-id',
  secretIdBoundCidrs: 'secret-id-bound-cidrs',
  boundCidrs: 'token-bound-cidrs',
  localSecretIds: 'local-secret-ids',
} as const satisfies Partial<Record<keyof ApproleRole, string>>;

export type RoleField = keyof typeof fieldPaths;

interface Field {
  readonly role: string;
  readonly field: RoleField;
}

declare module '../../../access/operation-types.ts' {
  interface OperationTypes {
    'approle.role-field.read': { input: Field; output: { field: RoleField; value: unknown } | null };
    'approle.role-field.write': { input: Field & { value: unknown }; output: null };
    'approle.role-field.delete': { input: Field; output: null };
  }
}

type Changed = (
  name: string,
  roles: { readonly before: ApproleRole; readonly now: ApproleRole },
  context: ChangeContext,
) => Promise<void>;

/** Read, write and set back one field of a role. */
export function fieldOperations(roles: GuardedRecords<ApproleRole>, changed: Changed): AnyOperation[] {
  const field = z.enum(Object.keys(fieldPaths) as [RoleField, ...RoleField[]]);
  const role = nameSchema.transform((text) => text.toLowerCase());
  const path = (input: Field, mount: { readonly path: string }) => `${mount.path}role/${input.role}/${fieldPaths[input.field]}`;
  const event = { class: 'access-change', clear: ['role', 'field'] } as const;
  const change = async ({ role: name, field: which }: Field, value: unknown, context: ChangeContext) => {
    const { tx, mount } = context;
    const before = await roles.find(tx, mount, name);
    if (before === undefined) throw new WatchwordError('store.missing', 'there is no role of this name', { where: 'role_name' });
    const now: ApproleRole = { ...before, [which]: value };
    checkTokenParameters(now);
    checkApprole(now, context);
    await roles.put(tx, mount, name, now);
    await changed(name, { before, now }, context);
    return null;
  };
  return [
    defineRead<'approle.role-field.read'>({
      name: 'approle.role-field.read',
      summary: 'Read one field of a role.',
      capability: 'read',
      input: z.object({ role, field }),
      path,
      event: { ...event, activity: 'read' },
      async perform({ role: name, field: which }, { reader, mount }) {
        const found = await roles.find(reader, mount, name);
        return found === undefined ? null : { field: which, value: found[which] };
      },
    }),
    defineChange<'approle.role-field.write'>({
      name: 'approle.role-field.write',
      summary: 'Change one field of a role.',
      capability: 'update',
      input: z.object({ role, field, value: z.unknown() }),
      path,
      event: { ...event, activity: 'update' },
      perform(input, context) {
        const parsed = (approleFields[input.field] as z.ZodType).safeParse(input.value);
        if (!parsed.success) {
          throw new WatchwordError('login.invalid', parsed.error.issues[0]?.message ?? 'does not fit', {
            where: fieldPaths[input.field],
          });
        }
        warnOfEmptyBounds({ [input.field]: parsed.data }, context);
        return change(input, parsed.data, context);
      },
    }),
    defineChange<'approle.role-field.delete'>({
      name: 'approle.role-field.delete',
      summary: 'Set one field of a role back to what a new role has.',
      capability: 'delete',
      input: z.object({ role, field }),
      path,
      event: { ...event, activity: 'delete' },
      perform(input, context) {
        if (input.field === 'roleId') throw new WatchwordError('request.unsupported');
        return change(input, newApprole[input.field], context);
      },
    }),
  ];
}

import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../../access/operation.ts';
import { nameSchema, secretSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { newId } from '../../../foundation/ids.ts';
import { Secret } from '../../../foundation/secret.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import { liesWithin, Networks } from '../../addresses.ts';
import { count, duration } from '../../inputs.ts';
import { type ByAccessor, newSecretId, type SecretId, type SecretIds } from './secret-ids.ts';
import type { ApproleRole } from './settings.ts';

interface Role {
  readonly role: string;
}
interface BySecret extends Role {
  readonly secretId: Secret;
}
interface NewSecretId extends Role {
  /** Of the caller's own choice. */
  readonly secretId?: Secret | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly cidrs?: readonly string[] | undefined;
  readonly tokenCidrs?: readonly string[] | undefined;
  readonly uses?: number | undefined;
  readonly ttl?: number | undefined;
  readonly custom?: boolean | undefined;
}
export interface IssuedSecretId {
  readonly secretId: Secret;
  readonly accessor: string;
  /** Seconds; 0 = for ever. */
  readonly ttl: number;
  readonly uses: number;
}

declare module '../../../access/operation-types.ts' {
  interface OperationTypes {
    'approle.secret-ids.create': { input: NewSecretId; output: IssuedSecretId };
    'approle.secret-ids.list': { input: Role; output: { readonly keys: readonly string[] } | null };
    'approle.secret-ids.lookup': { input: BySecret; output: SecretId | null };
    'approle.secret-ids.destroy': { input: BySecret; output: null };
    'approle.secret-ids.lookup-accessor': { input: ByAccessor; output: SecretId };
    'approle.secret-ids.destroy-accessor': { input: ByAccessor; output: null };
    'approle.secret-ids.tidy': { input: Record<string, never>; output: null };
  }
}

const name = nameSchema.transform((text) => text.toLowerCase());
const secretId = secretSchema.refine((secret) => secret.length > 0 && secret.length <= 4096, 'holds 1 to 4096 bytes');
const cidrs = z.array(z.string().max(64)).max(256).optional();
const metadata = z
  .record(z.string().min(1).max(128), z.string().max(512))
  .refine((map) => Object.keys(map).length <= 64, 'holds at most 64 entries')
  .optional();

/** Making secret ids, looking at them and destroying them. */
export function secretIdOperations(roles: GuardedRecords<ApproleRole>, secrets: SecretIds): AnyOperation[] {
  const below = (what: string) => (input: Role, mount: { readonly path: string }) => `${mount.path}role/${input.role}/${what}`;
  const event = (activity: 'create' | 'read' | 'update' | 'delete') =>
    ({ class: 'access-change', activity, clear: ['role'] }) as const;
  const byAccessor = z.object({ role: name, accessor: nameSchema });
  const bySecret = z.object({ role: name, secretId });
  return [
    defineChange<'approle.secret-ids.create'>({
      name: 'approle.secret-ids.create',
      summary: 'Make a secret id for a role.',
      capability: 'update',
      input: z.object({
        role: name,
        secretId: secretId.optional(),
        metadata,
        cidrs,
        tokenCidrs: cidrs,
        uses: count.optional(),
        ttl: duration.optional(),
        custom: z.boolean().optional(),
      }),
      path: (input, mount) => below(input.custom === true ? 'custom-secret-id' : 'secret-id')(input, mount),
      event: { class: 'access-change', activity: 'create', clear: ['role', 'cidrs', 'tokenCidrs', 'uses', 'ttl'] },
      perform: (input, context) => create(roles, secrets, input, context),
    }),
    defineRead<'approle.secret-ids.list'>({
      name: 'approle.secret-ids.list',
      summary: 'List the accessors of the secret ids of a role.',
      capability: 'list',
      input: z.object({ role: name }),
      path: below('secret-id/'),
      event: event('read'),
      async perform({ role }, { reader, mount }) {
        const keys = await secrets.accessors(reader, mount, role);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'approle.secret-ids.lookup'>({
      name: 'approle.secret-ids.lookup',
      summary: 'Look at a secret id.',
      capability: 'update',
      input: bySecret,
      path: below('secret-id/lookup'),
      event: event('read'),
      async perform({ role, secretId: secret }, { reader, mount, now }) {
        const found = await secrets.find(reader, mount, { role, secret }, now);
        return typeof found === 'string' ? null : found;
      },
    }),
    defineChange<'approle.secret-ids.destroy'>({
      name: 'approle.secret-ids.destroy',
      summary: 'Destroy a secret id.',
      capability: 'update',
      input: bySecret,
      path: below('secret-id/destroy'),
      event: event('delete'),
      async perform({ role, secretId: secret }, { tx, mount, now }) {
        await secrets.destroy(tx, mount, { role, secret }, now);
        return null;
      },
    }),
    defineRead<'approle.secret-ids.lookup-accessor'>({
      name: 'approle.secret-ids.lookup-accessor',
      summary: 'Look at the secret id behind an accessor.',
      capability: 'update',
      input: byAccessor,
      path: below('secret-id-accessor/lookup'),
      event: event('read'),
      async perform(named, { reader, mount, now }) {
        return (await secrets.findByAccessor(reader, mount, named, now)) ?? noAccessor();
      },
    }),
    defineChange<'approle.secret-ids.destroy-accessor'>({
      name: 'approle.secret-ids.destroy-accessor',
      summary: 'Destroy the secret id behind an accessor.',
      capability: 'update',
      input: byAccessor,
      path: below('secret-id-accessor/destroy'),
      event: event('delete'),
      async perform(named, { tx, mount, now }) {
        return (await secrets.destroyByAccessor(tx, mount, named, now)) ? null : noAccessor();
      },
    }),
    defineRead<'approle.secret-ids.tidy'>({
      name: 'approle.secret-ids.tidy',
      summary: 'Nothing: what has expired is removed every minute anyway.',
      capability: 'update',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}tidy/secret-id`,
      event: { class: 'access-change', activity: 'other', clear: [] },
      perform: async () => null,
    }),
  ];
}

async function create(
  roles: GuardedRecords<ApproleRole>,
  secrets: SecretIds,
  input: NewSecretId,
  { tx, mount, now, note }: ChangeContext,
): Promise<IssuedSecretId> {
  const role = await roles.find(tx, mount, input.role);
  if (role === undefined) throw new WatchwordError('login.invalid', `role does not exist`, { where: 'role_name' });
  if (!role.bindSecretId)
    throw new WatchwordError('login.invalid', 'bind_secret_id is not set on the role', { where: 'role_name' });
  const { metadata: told = {}, cidrs: from = [], tokenCidrs = [], uses = role.secretIdNumUses, ttl = role.secretIdTtl } = input;
  refuseWider(from, role.secretIdBoundCidrs, 'cidr_list');
  refuseWider(tokenCidrs, role.boundCidrs, 'token_bound_cidrs');
  refuseMore(uses, role.secretIdNumUses, 'num_uses');
  refuseMore(ttl, role.secretIdTtl, 'ttl');
  const secret = input.secretId ?? Secret.fromText(newId());
  const value = newSecretId({ metadata: told, cidrs: from, tokenCidrs, ttl, uses }, now);
  if (!(await secrets.insert(tx, mount, { role: input.role, secret }, value, now))) {
    throw new WatchwordError('login.invalid', 'there is such a secret id already', { where: 'secret_id' });
  }
  note({ secretIdAccessor: value.accessor, secretIdTtl: ttl, secretIdUses: uses });
  return { secretId: Secret.copy(secret.bytes), accessor: value.accessor, ttl, uses };
}

/** A secret id may be used less and from fewer places than its role says, never more. */
function refuseMore(asked: number, role: number, where: string): void {
  if (role > 0 && (asked === 0 || asked > role)) {
    throw new WatchwordError('login.invalid', `${where} must not exceed what the role says`, { where });
  }
}

function refuseWider(asked: readonly string[], role: readonly string[], where: string): void {
  new Networks(asked);
  if (role.length > 0 && !asked.every((cidr) => liesWithin(cidr, role))) {
    throw new WatchwordError('login.invalid', `${where} must lie within the networks of the role`, { where });
  }
}

function noAccessor(): never {
  throw new WatchwordError('store.missing', 'there is no secret id of this accessor', { where: 'secret_id_accessor' });
}

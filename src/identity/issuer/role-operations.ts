import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import { nameSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { randomBase62 } from '../../foundation/ids.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Random } from '../../foundation/ports.ts';
import { duration } from '../inputs.ts';
import { readTemplate } from './claim-template.ts';
import type { IssuerRole } from './contract.ts';
import type { IssuerRecords } from './issuer-records.ts';

type WriteInput = InputOf<'issuer.roles.write'>;

/** Seconds that a token lives at most, unless its role says otherwise. */
export const LONGEST_TTL = 3600;
const DEFAULT_TTL = 600;
const CLIENT_ID_LENGTH = 26;

const newRole: IssuerRole = {
  key: '',
  template: '',
  clientId: '',
  audiences: [],
  ttl: DEFAULT_TTL,
  maxTtl: 0,
  subject: 'entity',
  workloadClaims: false,
  delegation: false,
};

const audience = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const named = z.object({ name: nameSchema });
const fields = z.object({
  name: nameSchema,
  key: nameSchema.optional(),
  template: z.string().max(32_768).optional(),
  clientId: audience.optional(),
  audiences: z.array(audience).max(256).optional(),
  ttl: duration.optional(),
  maxTtl: duration.optional(),
  subject: z.enum(['entity', 'workload'], 'must be entity or workload').optional(),
  workloadClaims: z.boolean().optional(),
  delegation: z.boolean().optional(),
}) as unknown as z.ZodType<WriteInput>;

const path = ({ name }: { readonly name: string }, mount: MountPoint) => `${mount.path}oidc/role/${name}`;
const event = { class: 'access-change', clear: ['name'] } as const;

/** Who gets which tokens: list, read, write, delete. */
export function roleOperations(records: IssuerRecords, random: Random): AnyOperation[] {
  const { roles } = records;
  return [
    defineRead<'issuer.roles.list'>({
      name: 'issuer.roles.list',
      summary: 'List the roles that tokens are signed for.',
      capability: 'list',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}oidc/role/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = await roles.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'issuer.roles.read'>({
      name: 'issuer.roles.read',
      summary: 'Read a role that tokens are signed for.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      perform: async ({ name }, { reader, mount }) => (await roles.find(reader, mount, name)) ?? null,
    }),
    defineChange<'issuer.roles.write'>({
      name: 'issuer.roles.write',
      summary: 'Make a role that tokens are signed for, or change the given fields of one.',
      capability: async ({ name }, { reader, mount }) =>
        (await roles.find(reader, mount, name)) === undefined ? 'create' : 'update',
      input: fields,
      path,
      event: {
        ...event,
        activity: 'update',
        clear: ['name', 'key', 'clientId', 'audiences', 'ttl', 'maxTtl', 'subject', 'workloadClaims', 'delegation'],
      },
      perform: (input, context) => write({ records, random }, input, context),
    }),
    defineChange<'issuer.roles.delete'>({
      name: 'issuer.roles.delete',
      summary: 'Delete a role: no more tokens are signed for it.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        await roles.remove(tx, mount, name);
        return null;
      },
    }),
  ];
}

interface On {
  readonly records: IssuerRecords;
  readonly random: Random;
}

async function write({ records, random }: On, { name, ...given }: WriteInput, context: ChangeContext): Promise<null> {
  const { tx, mount, capability, session } = context;
  const before = await records.roles.find(tx, mount, name);
  if ((capability === 'create') !== (before === undefined) && session?.root !== true) throw new WatchwordError('store.raced');
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const changed: IssuerRole = { ...(before ?? newRole), ...changes };
  const role = changed.clientId === '' ? { ...changed, clientId: randomBase62(random, CLIENT_ID_LENGTH) } : changed;
  readTemplate(role.template);
  await checkKey(records, role, context);
  if (role.maxTtl === 0 && role.ttl > LONGEST_TTL) {
    context.warn(`tokens live ${LONGEST_TTL} seconds at most: a role whose tokens shall live longer says so in max_ttl`);
  }
  await records.roles.put(tx, mount, name, role);
  return null;
}

async function checkKey(records: IssuerRecords, role: IssuerRole, { tx, mount, warn }: ChangeContext): Promise<void> {
  if (role.key === '') throw invalid('key', 'the key parameter is required');
  if (role.ttl < 1) throw invalid('ttl', 'ttl must be at least a second');
  if (role.maxTtl > 0 && role.ttl > role.maxTtl) throw invalid('ttl', 'ttl must not be greater than max_ttl');
  const key = await records.keys.find(tx, mount, role.key);
  if (key === undefined) throw invalid('key', `cannot find key "${role.key}"`);
  if (Math.max(role.ttl, role.maxTtl) > key.verificationTtl) {
    throw invalid('ttl', "a role's token ttl cannot be longer than the verification_ttl of the key it references");
  }
  if (!mayUse(key.allowedClientIds, role.clientId)) {
    warn("the key does not let this role sign: name the role's client_id in the allowed_client_ids of the key");
  }
}

/** Whether a key's list lets a role of this client id sign. */
export function mayUse(allowedClientIds: readonly string[], clientId: string): boolean {
  return allowedClientIds.includes('*') || allowedClientIds.includes(clientId);
}

const invalid = (where: string, what: string) => new WatchwordError('issuer.invalid', what, { where });

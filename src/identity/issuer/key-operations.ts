import { z } from 'zod';
import {
  type AnyOperation,
  type ChangeContext,
  defineChange,
  definePreparedChange,
  defineRead,
  type ReadContext,
} from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import { nameSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Random } from '../../foundation/ports.ts';
import { duration } from '../inputs.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { type KeySettings, type NamedKey, newNamedKey, resettled, rotated } from './named-key.ts';
import { makeSigningKey, type SigningAlgorithm, type SigningKey, signingAlgorithms } from './signing-key.ts';

type WriteInput = InputOf<'issuer.keys.write'>;
type RotateInput = InputOf<'issuer.keys.rotate'>;

const DAY = 86_400;
const newSettings: KeySettings = { algorithm: 'RS256', rotationPeriod: DAY, verificationTtl: DAY, allowedClientIds: [] };
const SHORTEST_PERIOD = 60;
/** Vault's bound: more keys at a time than this make the key set long. */
const PERIODS_PUBLISHED = 10;

const named = z.object({ name: nameSchema });
const settingFields = z.object({
  name: nameSchema,
  algorithm: z.enum(signingAlgorithms, 'must be RS256 or ES256').optional(),
  rotationPeriod: duration.optional(),
  verificationTtl: duration.optional(),
  allowedClientIds: z.array(z.string().min(1).max(1024)).max(1024).optional(),
}) as unknown as z.ZodType<WriteInput>;
const rotateFields = named.extend({ verificationTtl: duration.optional() }) as unknown as z.ZodType<RotateInput>;

const path = ({ name }: { readonly name: string }, mount: MountPoint) => `${mount.path}oidc/key/${name}`;
const event = { class: 'access-change', clear: ['name'] } as const;

/** The keys that sign: list, read, write, delete, rotate. */
export function keyOperations(records: IssuerRecords, random: Random): AnyOperation[] {
  return [
    ...readOperations(records),
    definePreparedChange<'issuer.keys.write'>({
      name: 'issuer.keys.write',
      summary: 'Make a key that signs tokens, or change what it is told.',
      capability: async ({ name }, { reader, mount }) =>
        (await records.keys.find(reader, mount, name)) === undefined ? 'create' : 'update',
      input: settingFields,
      path,
      event: {
        ...event,
        activity: 'update',
        clear: ['name', 'algorithm', 'rotationPeriod', 'verificationTtl', 'allowedClientIds'],
      },
      prepare: (input, context) => prepareWrite({ records, random }, input, context),
    }),
    definePreparedChange<'issuer.keys.rotate'>({
      name: 'issuer.keys.rotate',
      summary: 'Sign with the waiting key from now on, and make another that waits.',
      capability: 'update',
      input: rotateFields,
      path: (input, mount) => `${path(input, mount)}/rotate`,
      event: { ...event, activity: 'update', clear: ['name', 'verificationTtl'] },
      prepare: (input, context) => prepareRotation({ records, random }, input, context),
    }),
    defineChange<'issuer.keys.delete'>({
      name: 'issuer.keys.delete',
      summary: 'Delete a key that no role names: its tokens cannot be verified any more.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        const roles = await rolesWith(records, name, { tx, mount });
        if (roles.length > 0) {
          throw invalid(
            'name',
            `unable to delete key "${name}" because it is currently referenced by these roles: ${roles.join(', ')}`,
          );
        }
        await records.keys.remove(tx, mount, name);
        return null;
      },
    }),
  ];
}

function readOperations(records: IssuerRecords): AnyOperation[] {
  return [
    defineRead<'issuer.keys.list'>({
      name: 'issuer.keys.list',
      summary: 'List the keys that sign tokens.',
      capability: 'list',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}oidc/key/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = await records.keys.names(reader, mount);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'issuer.keys.read'>({
      name: 'issuer.keys.read',
      summary: 'Read what a key that signs tokens is told.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      async perform({ name }, { reader, mount }) {
        const found = await records.keys.find(reader, mount, name);
        return found === undefined ? null : settingsOf(found);
      },
    }),
  ];
}

interface On {
  readonly records: IssuerRecords;
  readonly random: Random;
}

const settingsOf = ({ algorithm, rotationPeriod, verificationTtl, allowedClientIds }: KeySettings): KeySettings => ({
  algorithm,
  rotationPeriod,
  verificationTtl,
  allowedClientIds,
});

async function prepareWrite(on: On, { name, ...given }: WriteInput, context: ReadContext) {
  const { reader, mount, now } = context;
  const { records } = on;
  const before = await records.keys.find(reader, mount, name);
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings: KeySettings = { ...settingsOf(before ?? newSettings), ...changes };
  checkSettings(settings);
  const fresh = before?.algorithm === settings.algorithm ? undefined : await makePair(settings.algorithm, on.random, now);
  return async (inside: ChangeContext) => {
    await checkUnchanged(records, name, before, inside);
    await checkRoles(records, name, settings, inside);
    const after = before === undefined ? newNamedKey(settings, fresh ?? unmade(), now) : resettled(before, settings, fresh, now);
    await records.keys.put(inside.tx, mount, name, after);
    return null;
  };
}

async function prepareRotation({ records, random }: On, { name, verificationTtl }: RotateInput, context: ReadContext) {
  const { reader, mount, now } = context;
  const before = await records.keys.find(reader, mount, name);
  if (before === undefined) throw invalid('name', 'no such key');
  const next = await makeSigningKey(before.algorithm, random, now);
  return async (inside: ChangeContext) => {
    await checkUnchanged(records, name, before, inside);
    const after = rotated(before, next, now, verificationTtl);
    inside.note({ keyIds: after.keys.map(({ key }) => key.id) });
    await records.keys.put(inside.tx, mount, name, after);
    return null;
  };
}

/** Pairs are made outside of the transaction, for the key as it was then. @throws WatchwordError `store.raced` */
async function checkUnchanged(records: IssuerRecords, name: string, before: NamedKey | undefined, { tx, mount }: ChangeContext) {
  if ((await records.keys.find(tx, mount, name)) !== before) throw new WatchwordError('store.raced');
}

async function makePair(algorithm: SigningAlgorithm, random: Random, now: number): Promise<[SigningKey, SigningKey]> {
  return [await makeSigningKey(algorithm, random, now), await makeSigningKey(algorithm, random, now)];
}

function checkSettings({ rotationPeriod, verificationTtl }: KeySettings): void {
  if (rotationPeriod < SHORTEST_PERIOD) throw invalid('rotation_period', 'rotation_period must be at least one minute');
  if (verificationTtl > PERIODS_PUBLISHED * rotationPeriod) {
    throw invalid('verification_ttl', `verification_ttl cannot be longer than ${PERIODS_PUBLISHED}x rotation_period`);
  }
}

/** A token must not outlive the publication of its key. */
async function checkRoles(
  records: IssuerRecords,
  name: string,
  { verificationTtl }: KeySettings,
  on: Pick<ChangeContext, 'tx' | 'mount'>,
) {
  for (const [, role] of await rolesOf(records, name, on)) {
    if (role.ttl <= verificationTtl) continue;
    throw invalid(
      'verification_ttl',
      `unable to update key "${name}" because it is currently referenced by one or more roles with a token ttl greater than ${verificationTtl} seconds`,
    );
  }
}

async function rolesOf(records: IssuerRecords, key: string, { tx, mount }: Pick<ChangeContext, 'tx' | 'mount'>) {
  return [...(await records.allRoles(tx, mount))].filter(([, role]) => role.key === key);
}

async function rolesWith(records: IssuerRecords, key: string, on: Pick<ChangeContext, 'tx' | 'mount'>): Promise<string[]> {
  return (await rolesOf(records, key, on)).map(([name]) => name);
}

const unmade = (): never => {
  throw new WatchwordError('internal', 'a new key without pairs');
};
const invalid = (where: string, what: string) => new WatchwordError('issuer.invalid', what, { where });

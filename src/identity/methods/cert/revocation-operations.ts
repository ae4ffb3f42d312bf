import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead, type ReadContext } from '../../../access/operation.ts';
import { nameSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import type { Executor } from '../../../storage/contract.ts';
import { DerError } from '../../x509/der.ts';
import { readPem } from '../../x509/pem.ts';
import { isListOf } from '../../x509/revocation.ts';
import { type RevocationList, readRevocationList } from '../../x509/revocation-list.ts';
import { anchorsOf, type CertRole } from './cert-role.ts';

/** All lists of a mount in one record, so that none can be taken out of the database without its being seen: base64 of DER by name. */
export type KeptLists = Readonly<Record<string, string>>;

/** What is told of a list. Times are milliseconds since the epoch. */
export interface ListFacts {
  readonly serials: readonly string[];
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

interface Named {
  readonly name: string;
}

declare module '../../../access/operation-types.ts' {
  interface OperationTypes {
    'cert.crls.list': { input: Record<string, never>; output: { readonly keys: readonly string[] } | null };
    'cert.crls.read': { input: Named; output: ListFacts | null };
    'cert.crls.write': { input: Named & { crl: string }; output: null };
    'cert.crls.delete': { input: Named; output: null };
  }
}

/** The one record under which a mount's lists stand. */
const ALL = 'all';
const MOST_LISTS = 32;
/** Bytes of all lists of a mount, as base64. */
const LARGEST = 4 * 1024 * 1024;

const parsed = new WeakMap<KeptLists, readonly RevocationList[]>();

/** The record, which is the same object while it is the same, and what stands in it. */
export async function listsOf(records: GuardedRecords<KeptLists>, on: Executor, { mount }: Pick<ReadContext, 'mount'>) {
  const kept = await records.find(on, mount, ALL);
  if (kept === undefined) return { kept, lists: [] };
  const lists = parsed.get(kept) ?? Object.values(kept).map((text) => readRevocationList(Buffer.from(text, 'base64')));
  parsed.set(kept, lists);
  return { kept, lists };
}

/** List, read, write and delete revocation lists. */
export function revocationOperations(records: GuardedRecords<KeptLists>, roles: GuardedRecords<CertRole>): AnyOperation[] {
  const event = { class: 'access-change', clear: ['name'] } as const;
  const path = ({ name }: Named, mount: { readonly path: string }) => `${mount.path}crls/${name}`;
  const named = z.object({ name: nameSchema });
  const keptAt = async (on: Executor, mount: ReadContext['mount']) => (await records.find(on, mount, ALL)) ?? {};
  return [
    defineRead<'cert.crls.list'>({
      name: 'cert.crls.list',
      summary: 'List the names of all revocation lists.',
      capability: 'list',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}crls/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader, mount }) {
        const keys = Object.keys(await keptAt(reader, mount)).sort();
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'cert.crls.read'>({
      name: 'cert.crls.read',
      summary: 'Tell which serial numbers a revocation list holds.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      async perform({ name }, { reader, mount }) {
        const kept = await keptAt(reader, mount);
        if (!Object.hasOwn(kept, name)) return null;
        const { serials, thisUpdate, nextUpdate } = readRevocationList(Buffer.from(kept[name] ?? '', 'base64'));
        return { serials: [...serials], thisUpdate, nextUpdate };
      },
    }),
    defineChange<'cert.crls.write'>({
      name: 'cert.crls.write',
      summary: 'Keep a revocation list, in place of the one of the same name.',
      capability: async ({ name }, { reader, mount }) => (Object.hasOwn(await keptAt(reader, mount), name) ? 'update' : 'create'),
      input: z.object({ name: nameSchema, crl: z.string().min(1).max(LARGEST) }),
      path,
      event: { ...event, activity: 'update' },
      async perform({ name, crl }, context) {
        const { tx, mount, note } = context;
        const { bytes, list } = readList(crl);
        const lists = { ...(await keptAt(tx, mount)), [name]: bytes.toString('base64') };
        const size = Object.values(lists).reduce((sum, text) => sum + text.length, 0);
        if (Object.keys(lists).length > MOST_LISTS || size > LARGEST)
          refuse('the revocation lists of the mount take too much room');
        note({ revoked: list.serials.size });
        await warnOfList(list, roles, context);
        await records.put(tx, mount, ALL, lists);
        return null;
      },
    }),
    defineChange<'cert.crls.delete'>({
      name: 'cert.crls.delete',
      summary: 'Forget a revocation list: what it revoked is believed again.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ name }, { tx, mount }) {
        const { [name]: _gone, ...rest } = await keptAt(tx, mount);
        await records.put(tx, mount, ALL, rest);
        return null;
      },
    }),
  ];
}

/** PEM, or base64 of DER. @throws WatchwordError `login.invalid` */
function readList(text: string): { readonly bytes: Buffer; readonly list: RevocationList } {
  try {
    const [bytes = Buffer.from(text, 'base64'), ...more] = readPem(text, 'X509 CRL');
    if (more.length > 0) return refuse('holds more than one list');
    return { bytes, list: readRevocationList(bytes) };
  } catch (error) {
    if (error instanceof DerError) return refuse(`cannot be read: ${error.message}`);
    throw error;
  }
}

async function warnOfList(list: RevocationList, roles: GuardedRecords<CertRole>, { tx, mount, now, warn }: ChangeContext) {
  if (list.nextUpdate !== undefined && list.nextUpdate <= now) {
    warn('the list is out of date: until a new one is here, nobody whose certificate is of its authority can log in');
  }
  for (const name of await roles.names(tx, mount)) {
    const role = await roles.find(tx, mount, name);
    if (role !== undefined && anchorsOf(role).some((anchor) => isListOf(list, anchor))) return;
  }
  warn('no authority that a role names has signed the list: it revokes nothing, unless one below them has');
}

function refuse(message: string): never {
  throw new WatchwordError('login.invalid', `crl: ${message}`, { where: 'crl' });
}

import { z } from 'zod';
import { type AnyOperation, type ChangeContext, definePreparedChange, type ReadContext } from '../../access/operation.ts';
import type { Random } from '../../foundation/ports.ts';
import type { Principal } from '../../foundation/principal.ts';
import type { Reader } from '../../storage/contract.ts';
import { identityMount } from '../entities/identity-mount.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { isDue, maintained, type NamedKey, needsNext } from './named-key.ts';
import { makeSigningKey, type SigningKey } from './signing-key.ts';

const system: Principal = {
  method: 'system',
  id: 'issuer',
  displayName: 'issuer',
  namespace: 'root',
  session: '',
  policies: [],
  attributes: {},
};

/** Whether a key must be made or taken out: then `issuer.keys.maintain` has something to do. */
export async function maintenanceIsDue(records: IssuerRecords, reader: Reader, now: number): Promise<boolean> {
  const keys = await records.allKeys(reader, identityMount);
  return [...keys.values()].some((named) => isDue(named, now));
}

interface Due {
  readonly name: string;
  readonly before: NamedKey;
  readonly next: SigningKey | undefined;
}

/** No wire offers it: the server asks for it itself, again and again. */
export function maintenanceOperation(records: IssuerRecords, random: Random): AnyOperation {
  return definePreparedChange<'issuer.keys.maintain'>({
    name: 'issuer.keys.maintain',
    summary: 'Make the signing keys that are due, and take out those whose time is over.',
    authentication: 'none',
    capability: 'update',
    input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
    attempt: { of: () => 'issuer', guessable: false },
    path: (_input, mount) => `${mount.path}oidc/key/`,
    event: { class: 'access-change', activity: 'update', clear: [] },
    async prepare(_input, context) {
      context.identify(system);
      const due = await findDue(records, random, context);
      return (inside) => maintain(records, due, inside);
    },
  });
}

/** Pairs are made before the transaction. */
async function findDue(records: IssuerRecords, random: Random, { reader, mount, now }: ReadContext): Promise<Due[]> {
  const due: Due[] = [];
  for (const [name, before] of await records.allKeys(reader, mount)) {
    if (!isDue(before, now)) continue;
    const next = needsNext(before, now) ? await makeSigningKey(before.algorithm, random, now) : undefined;
    due.push({ name, before, next });
  }
  return due;
}

/** Who changed a key meanwhile has done what was due, or it is due again next time. */
async function maintain(records: IssuerRecords, due: readonly Due[], { tx, mount, now, note }: ChangeContext) {
  const changed: string[] = [];
  const keyIds: string[] = [];
  for (const { name, before, next } of due) {
    if ((await records.keys.find(tx, mount, name)) !== before) continue;
    await records.keys.put(tx, mount, name, maintained(before, next, now));
    changed.push(name);
    if (next !== undefined) keyIds.push(next.id);
  }
  note({ keys: changed, newKeyIds: keyIds });
  return { changed };
}

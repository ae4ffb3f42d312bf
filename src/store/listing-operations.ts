import { type AnyOperation, defineRead } from '../access/operation.ts';
import type { Entries } from './entries.ts';
import { type ListInput, listInput } from './inputs.ts';
import { listFolder, scanFolder } from './listing.ts';

/** Names, folders with a trailing slash; null when there is nothing. */
export type Keys = { readonly keys: readonly string[] } | null;

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'kv.list': { input: ListInput; output: Keys };
    'kv.scan': { input: ListInput; output: Keys };
    'kv1.list': { input: ListInput; output: Keys };
    'kv1.scan': { input: ListInput; output: Keys };
  }
}

export const keysOf = (keys: readonly string[]): Keys => (keys.length === 0 ? null : { keys });

/** Listing and scanning, for both versions of the engine: they differ in the path that policies speak of. */
export function listingOperations(entries: Entries): AnyOperation[] {
  return [
    list(entries, 'kv.list', 'metadata/'),
    list(entries, 'kv1.list', ''),
    scan(entries, 'kv.scan', 'metadata/'),
    scan(entries, 'kv1.scan', ''),
  ];
}

function list(entries: Entries, name: 'kv.list' | 'kv1.list', prefix: string) {
  return defineRead<typeof name>({
    name,
    summary: 'List the names directly in a folder.',
    capability: 'list',
    input: listInput,
    path: ({ path }, mount) => `${mount.path}${prefix}${path}`,
    event: { class: 'entity-change', activity: 'read', clear: ['path', 'after', 'limit'] },
    perform: async ({ path, ...page }, { reader, mount }) =>
      keysOf(await listFolder(entries, reader, mount, { folder: path, ...page })),
  });
}

function scan(entries: Entries, name: 'kv.scan' | 'kv1.scan', prefix: string) {
  return defineRead<typeof name>({
    name,
    summary: 'List the paths of everything below a folder.',
    capability: 'scan',
    input: listInput,
    path: ({ path }, mount) => `${mount.path}${prefix}${path}`,
    event: { class: 'entity-change', activity: 'read', clear: ['path', 'after', 'limit'] },
    perform: async ({ path, ...page }, { reader, mount }) =>
      keysOf(await scanFolder(entries, reader, mount, { folder: path, ...page })),
  });
}

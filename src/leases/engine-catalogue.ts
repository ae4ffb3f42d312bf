import type { CredentialEngine } from './engines/engine.ts';
import * as engines from './engines/index.ts';

/** Every engine that there is, by kind. */
export const engineCatalogue: ReadonlyMap<string, CredentialEngine> = new Map(
  (Object.values(engines) as unknown as CredentialEngine[]).map((engine) => [engine.kind, engine]),
);

/** The kinds of mounts that engines are set up below. */
export const engineMounts: ReadonlySet<string> = new Set([...engineCatalogue.values()].map(({ mount }) => mount));

/** The engine that Vault calls so, or that is called so. */
export function engineByPlugin(plugin: string): CredentialEngine | undefined {
  return [...engineCatalogue.values()].find(({ kind, plugins = [] }) => kind === plugin || plugins.includes(plugin));
}

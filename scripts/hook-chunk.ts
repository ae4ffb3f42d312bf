import type { OutputChunk, RolldownOutput } from 'rolldown';

/** What the hook imports as it goes, from the command's entry on. */
const roots = [
  'src/cli/main.ts',
  'src/cli/terminal.ts',
  'src/cli/scan/run-hook.ts',
  'src/scanning/scan.ts',
  'src/scanning/catalogue.ts',
  'src/scanning/sources/git/staged.ts',
];

/**
 * The modules of a program that was built in many chunks which a commit waits for, entries aside: as one chunk they load faster, since
 * finding and linking a file costs Node.js more than running it. @throws Error when a root is no longer there
 */
export function hookModules({ output }: RolldownOutput): ReadonlySet<string> {
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
  const named = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set<OutputChunk>();
  const need = (chunk: OutputChunk | undefined): void => {
    if (chunk === undefined || needed.has(chunk)) return;
    needed.add(chunk);
    for (const name of chunk.imports) need(named.get(name));
  };
  for (const root of roots) {
    const chunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(root)));
    if (chunk === undefined) throw new Error(`${root} is no part of the program any more`);
    need(chunk);
  }
  return new Set([...needed].filter(({ isEntry }) => !isEntry).flatMap(({ moduleIds }) => moduleIds));
}

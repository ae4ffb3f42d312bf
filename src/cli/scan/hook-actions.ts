import { realpathSync } from 'node:fs';
import { type Framework, hookPlace } from '../../scanning/hook/hook-folder.ts';
import { type Stage, stages } from '../../scanning/hook/hook-script.ts';
import { type HookChange, hookFiles, installHook, uninstallHook } from '../../scanning/hook/install.ts';
import { exitCodes } from '../exit-codes.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

const FOLDER = '.';

/** Installs the hooks of these stages in the repository of the working directory. */
export async function install(wanted: readonly Stage[], framework: Framework | undefined, terminal: Terminal): Promise<void> {
  const place = await hookPlace(FOLDER);
  const launcher = realpathSync(process.argv[1] ?? terminal.program);
  for (const stage of wanted) print(stage, await installHook(place, { stage, framework, launcher }), terminal);
}

const WORDS: Readonly<Record<HookChange['change'], string>> = {
  installed: 'Installed',
  updated: 'Updated',
  unchanged: 'Already installed',
  removed: 'Removed',
};

function print(stage: Stage, { change, file, kept, next }: HookChange, { stdout }: Terminal): void {
  const before =
    kept === undefined
      ? ''
      : change === 'removed'
        ? ' What was there before is back.'
        : ` The hook that was there runs first: ${kept}`;
  stdout.write(visible(`${WORDS[change]}: ${stage} (${file}).${before}\n`));
  if (next !== undefined) stdout.write(`${next}\n`);
}

/** Takes the hooks of these stages away, wherever they stand. */
export async function uninstall(wanted: readonly Stage[], terminal: Terminal): Promise<void> {
  const place = await hookPlace(FOLDER);
  let removed = 0;
  for (const stage of wanted) {
    for (const change of await uninstallHook(place, stage)) {
      print(stage, change, terminal);
      removed += 1;
    }
  }
  if (removed === 0) terminal.stdout.write('There was nothing to remove.\n');
}

/** Where hooks are installed. */
export async function status(terminal: Terminal): Promise<void> {
  const place = await hookPlace(FOLDER);
  let count = 0;
  for (const stage of stages) {
    for (const file of await hookFiles(place, stage)) {
      terminal.stdout.write(visible(`${stage}: ${file}\n`));
      count += 1;
    }
  }
  if (count > 0) return;
  terminal.stdout.write('No hook is installed here.\n');
  terminal.setExitCode(exitCodes.failed);
}

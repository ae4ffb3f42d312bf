import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import { type Framework, type HookPlace, PRE_COMMIT_CONFIG } from './hook-folder.ts';
import { hookScript, huskyLine, isOurs, keptName, type Stage } from './hook-script.ts';
import { addToConfig, inConfig, removeFromConfig } from './pre-commit-config.ts';

/** What became of a hook, and where. */
export interface HookChange {
  readonly change: 'installed' | 'updated' | 'unchanged' | 'removed';
  readonly file: string;
  /** A hook of somebody else, which goes on running before ours. */
  readonly kept?: string;
  /** What is still to be done. */
  readonly next?: string;
}

interface Wish {
  readonly stage: Stage;
  readonly framework?: Framework | undefined;
  /** The program that the script shall call. */
  readonly launcher: string;
}

/** Text of a file; undefined when there is none. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(file: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
}

/** Installs a hook. Never overwrites somebody else's, and doing it twice changes nothing. */
export function installHook(place: HookPlace, wish: Wish): Promise<HookChange> {
  switch (wish.framework ?? place.framework) {
    case 'husky':
      return installHusky(place, wish);
    case 'pre-commit':
      return installPreCommit(place, wish);
    case 'git':
      return installScript(place, wish);
  }
}

async function installScript({ hooks }: HookPlace, { stage, launcher }: Wish): Promise<HookChange> {
  const file = join(hooks, stage);
  const script = hookScript(stage, launcher);
  const present = await textOf(file);
  if (present === script) return { change: 'unchanged', file };
  if (present !== undefined && !isOurs(present)) {
    const kept = join(hooks, keptName(stage));
    if ((await textOf(kept)) !== undefined) {
      throw new WatchwordError('client.usage', 'A hook that was put aside earlier is in the way; merge the two by hand.', {
        where: kept,
      });
    }
    await rename(file, kept);
    await write(file, script, 0o755);
    return { change: 'installed', file, kept };
  }
  await write(file, script, 0o755);
  return { change: present === undefined ? 'installed' : 'updated', file };
}

const huskyFile = ({ root }: HookPlace, stage: Stage): string => join(root, '.husky', stage);

async function installHusky(place: HookPlace, { stage }: Wish): Promise<HookChange> {
  const file = huskyFile(place, stage);
  const present = (await textOf(file)) ?? '';
  if (isOurs(present)) return { change: 'unchanged', file };
  const before = present === '' || present.endsWith('\n') ? present : `${present}\n`;
  await write(file, `${before}${huskyLine(stage)}\n`, 0o755);
  return { change: 'installed', file, next: 'Add watchword to devDependencies, so that everybody has it, and commit this file.' };
}

async function installPreCommit({ root }: HookPlace, { stage }: Wish): Promise<HookChange> {
  if (stage === 'pre-receive') {
    throw new WatchwordError('client.usage', 'The pre-commit framework has no pre-receive; use --framework git on the server.');
  }
  const file = join(root, PRE_COMMIT_CONFIG);
  const present = await textOf(file);
  const text = await addToConfig(present ?? '', stage);
  if (text === present) return { change: 'unchanged', file };
  await writeFile(file, text);
  return { change: 'installed', file, next: `Run \`pre-commit install --hook-type ${stage}\`, and commit this file.` };
}

/** Takes our hook away, and puts back what was there before. */
export async function uninstallHook(place: HookPlace, stage: Stage): Promise<HookChange[]> {
  const changes: HookChange[] = [];
  const script = join(place.hooks, stage);
  if (isOurs((await textOf(script)) ?? '')) {
    const kept = join(place.hooks, keptName(stage));
    const isKept = (await textOf(kept)) !== undefined;
    if (isKept) await rename(kept, script);
    else await rm(script);
    changes.push({ change: 'removed', file: script, ...(isKept ? { kept } : {}) });
  }
  const husky = huskyFile(place, stage);
  const huskyText = await textOf(husky);
  if (huskyText !== undefined && husky !== script && isOurs(huskyText)) {
    const rest = huskyText.split('\n').filter((line) => !isOurs(line));
    await writeFile(husky, rest.join('\n'));
    changes.push({ change: 'removed', file: husky });
  }
  const config = join(place.root, PRE_COMMIT_CONFIG);
  const configText = await textOf(config);
  if (configText !== undefined && inConfig(configText, stage)) {
    await writeFile(config, await removeFromConfig(configText, stage));
    changes.push({ change: 'removed', file: config });
  }
  return changes;
}

/** Files in which our hook stands. */
export async function hookFiles(place: HookPlace, stage: Stage): Promise<string[]> {
  const config = join(place.root, PRE_COMMIT_CONFIG);
  const candidates = [join(place.hooks, stage), huskyFile(place, stage)];
  const found: string[] = [];
  for (const file of new Set(candidates)) if (isOurs((await textOf(file)) ?? '')) found.push(file);
  return inConfig((await textOf(config)) ?? '', stage) ? [...found, config] : found;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Repository } from './repository.ts';

/**
 * Settings with which nothing that a repository brings along is run. Only plumbing is called besides, which knows no aliases,
 * pager or signature checks. `safe.directory` guards against what is switched off here, so that repositories of other owners can
 * be scanned too.
 */
const settings: readonly string[] = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.pager=cat',
  'core.sshCommand=false',
  'core.gitProxy=false',
  'core.askPass=false',
  'core.alternateRefsCommand=true',
  `core.attributesFile=${devNull}`,
  'core.untrackedCache=false',
  'core.quotePath=false',
  'credential.helper=',
  'diff.external=',
  'diff.ignoreSubmodules=all',
  'gpg.program=false',
  'log.showSignature=false',
  'protocol.allow=never',
  'safe.directory=*',
  'submodule.recurse=false',
];

/** Of our environment git gets only what finds programs and, in a hook, the objects under quarantine. */
const passed = ['PATH', 'HOME', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'GIT_QUARANTINE_PATH'] as const;

function environmentFor(repository: Repository): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of passed) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  // `git commit FILE` runs the hook with an index of its own.
  if (repository.indexFile !== undefined) environment.GIT_INDEX_FILE = repository.indexFile;
  const [own, ...others] = repository.objectDirs;
  return {
    ...environment,
    GIT_DIR: repository.gitDir,
    ...(own === undefined ? {} : { GIT_OBJECT_DIRECTORY: own }),
    ...(others.length === 0 ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: others.join(process.platform === 'win32' ? ';' : ':') }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };
}

export interface GitInput {
  /** Written to its standard input. */
  readonly text?: string;
  /** Another git whose output it reads. */
  readonly from?: ChildProcess;
}

/** Starts git in a repository, harmless whatever is configured there. */
export function startGit(repository: Repository, args: readonly string[], input: GitInput = {}): ChildProcess {
  const options = settings.flatMap((setting) => ['-c', setting]);
  const standardInput = input.from?.stdout ?? (input.text === undefined ? 'ignore' : 'pipe');
  const child = spawn('git', ['--no-pager', ...options, ...args], {
    cwd: repository.gitDir,
    env: environmentFor(repository),
    stdio: [standardInput, 'pipe', 'pipe'],
    windowsHide: true,
  });
  // The other git writes to ours directly; as long as we hold an end of that pipe too, it is never seen to close.
  input.from?.stdout?.destroy();
  if (input.text !== undefined) {
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input.text);
  }
  return child;
}

/** Fulfilled when git has ended well. @throws WatchwordError client.usage with git's words when it has not */
export async function exitOf(child: ChildProcess, doing: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    if (said.length < 2000) said += piece.toString();
  });
  const outcome = await new Promise<number | Error>((resolve) => {
    child.on('error', resolve);
    // Not `close`, which never comes when the output goes straight to another process.
    child.on('exit', (code) => resolve(code ?? -1));
  });
  if (outcome instanceof Error)
    throw new WatchwordError('client.usage', 'git cannot be run: is it installed?', { cause: outcome });
  if (outcome !== 0) throw new WatchwordError('client.usage', `git failed while ${doing}: ${firstLine(said)}`);
}

/** Milliseconds after which git, when it prints nothing, is taken to wait for something that never comes. */
const SILENCE = 15 * 60 * 1000;

/** What git printed, piece by piece. @throws WatchwordError client.usage with git's words when it fails */
export async function* gitOutput(child: ChildProcess, doing: string): AsyncGenerator<Buffer> {
  const ended = exitOf(child, doing);
  ended.catch(() => undefined);
  const giveUp = (): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), SILENCE);
  let patience = giveUp();
  try {
    for await (const piece of (child.stdout ?? []) as AsyncIterable<Buffer>) {
      clearTimeout(patience);
      yield piece;
      patience = giveUp();
    }
    await ended;
  } finally {
    clearTimeout(patience);
  }
}

/** The same line by line, without line ends; bytes are read as UTF-8. @throws WatchwordError client.usage */
export async function* gitLines(child: ChildProcess, doing: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of gitOutput(child, doing)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

import { isWatchwordError } from '../../../foundation/errors.ts';
import { gitOutput, startGit } from './git-process.ts';
import type { Repository } from './repository.ts';

interface Setting {
  readonly remote: string;
  readonly name: string;
  readonly value: string;
}

/**
 * What `git rev-list` may leave out because a remote has it: its remote-tracking refs. Empty, so that nothing is left out, when these are
 * not surely of the place that is pushed to: for an address that is no configured remote, for one that is pushed to elsewhere than it is
 * fetched from, and where another remote's refs are kept in the same folder.
 */
export async function knownByRemote(repository: Repository, remote: string): Promise<readonly string[]> {
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(remote)) return [];
  const settings = await remoteSettings(repository);
  const own = settings.filter((setting) => setting.remote === remote);
  const named = (name: string): number => own.filter((setting) => setting.name === name).length;
  if (named('url') !== 1 || named('pushurl') !== 0) return [];
  const folder = `refs/remotes/${remote}/`;
  const others = settings.filter((setting) => setting.remote !== remote && setting.name === 'fetch');
  return others.some(({ value }) => reaches(value, folder)) ? [] : [`--remotes=${remote}`];
}

/** Whether a refspec such as `+refs/heads/*:refs/remotes/origin/*` writes below a folder. */
function reaches(refspec: string, folder: string): boolean {
  const target = refspec.slice(refspec.indexOf(':') + 1).replace(/\*.*$/, '');
  return target.startsWith(folder) || folder.startsWith(target);
}

async function remoteSettings(repository: Repository): Promise<Setting[]> {
  const pieces: Buffer[] = [];
  try {
    const child = startGit(repository, ['config', '--null', '--get-regexp', '^remote[.]']);
    for await (const piece of gitOutput(child, 'reading remotes')) pieces.push(piece);
  } catch (error) {
    // There are none.
    if (!isWatchwordError(error)) throw error;
  }
  const lines = Buffer.concat(pieces).toString('utf8').split('\0');
  return lines.flatMap((line) => {
    // No key holds a line end.
    const [key = '', ...value] = line.split('\n');
    const [, remote, name] = /^remote\.(.*)\.(\w+)$/.exec(key) ?? [];
    return remote === undefined || name === undefined ? [] : [{ remote, name, value: value.join('\n') }];
  });
}

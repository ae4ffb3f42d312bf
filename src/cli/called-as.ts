import { basename, delimiter, dirname, relative } from 'node:path';

/**
 * How a person would call this program again: `watchword` where it is on the PATH or installed as a package, else the way to the
 * launcher of this clone, from the working directory when that is above it.
 */
export function calledAs(launcher: string, searchPath: string, directory: string): string {
  const isLauncher = basename(launcher) === 'watchword' && !/[\\/]node_modules[\\/]/.test(launcher);
  if (!isLauncher || searchPath.split(delimiter).includes(dirname(launcher))) return 'watchword';
  const below = relative(directory, launcher);
  return below.startsWith('..') ? launcher : below;
}

/** A text with commands in it (`` `watchword login` ``), naming the program as it was called. */
export function withProgram(text: string, program: string): string {
  return text.replaceAll('`watchword ', () => `\`${program} `);
}

import { lstatSync, realpathSync } from 'node:fs';
import type { Source } from '../source.ts';
import { reasonOf } from '../unfolder.ts';
import { type DirectoryOptions, directory } from './directory.ts';
import { scanFiles } from './scan-files.ts';

/** Files and folders by name, reported as they were given; a link that is named is followed. */
export function files(paths: readonly string[], options: Omit<DirectoryOptions, 'prefix'> = {}): Source {
  return async function* (context) {
    for (const path of paths) {
      if (context.signal?.aborted) return;
      try {
        const real = realpathSync(path);
        const status = lstatSync(real);
        if (status.isDirectory()) yield* directory(real, { ...options, prefix: prefixOf(path) })(context);
        else if (status.isFile()) {
          context.progress.expectedFiles += 1;
          yield* scanFiles(context, [{ open: real, path: plain(path) }]);
        } else yield { kind: 'not-scanned', path, reason: 'neither a file nor a folder' };
      } catch (error) {
        yield { kind: 'not-scanned', path, reason: reasonOf(error) };
      }
    }
  };
}

const plain = (path: string): string => path.replace(/^(?:\.\/+)+/, '');
const prefixOf = (path: string): string => (/^(?:\.\/*)+$/.test(path) ? '' : `${plain(path).replace(/\/+$/, '')}/`);

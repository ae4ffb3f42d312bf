import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');

/** Where source texts lie on a developer's machine; those that are absent are passed over. */
const roots = [
  join(repository, 'node_modules'),
  '/usr/lib/python3',
  '/usr/lib/python3.11',
  '/usr/lib/python3.12',
  '/usr/local/go/src',
  '/usr/lib/google-cloud-sdk/lib',
  '/usr/lib/node_modules',
  '/usr/include',
  join(homedir(), '.cargo/registry/src'),
  join(homedir(), '.rustup/toolchains'),
  '/usr/share/doc',
  '/usr/share/perl',
  '/usr/share',
];

const FILES = 21_000;
const TEXT_BYTES = 320e6;
/** No root gives more than this share of the text. */
const SHARE = 0.3;
const LARGEST = 1024 * 1024;
const PROBE = 8192;
/** Are opened by a scan, and not by what it is compared with. */
const ARCHIVE = /\.(?:gz|tgz|bz2|xz|zst|zip|tar|whl|jar|egg|crate|nupkg|apk)$/;

export interface TreeCorpus {
  readonly folder: string;
  readonly files: number;
  readonly textFiles: number;
  readonly textBytes: number;
}

/**
 * Copies source trees found on this machine into a folder, binary files and all, until there are more than 20,000 files and 300 MB
 * of text. @throws Error when the machine has too little
 */
export async function makeTreeCorpus(folder: string): Promise<TreeCorpus> {
  let files = 0;
  let textFiles = 0;
  let textBytes = 0;
  for (const [index, root] of roots.entries()) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    let share = 0;
    for (const path of paths.sort()) {
      if (ARCHIVE.test(path)) continue;
      if (share > TEXT_BYTES * SHARE || (files >= FILES && textBytes >= TEXT_BYTES)) break;
      const { size } = await stat(path);
      if (size > LARGEST || size === 0) continue;
      const target = join(folder, String(index), path.slice(root.length + 1));
      await mkdir(dirname(target), { recursive: true });
      await copyFile(path, target);
      files += 1;
      if ((await readFile(target)).subarray(0, PROBE).includes(0)) continue;
      textFiles += 1;
      textBytes += size;
      share += size;
    }
  }
  if (textFiles <= 20_000 || textBytes <= 300e6) {
    throw new Error(`only ${textFiles} text files with ${Math.round(textBytes / 1e6)} MB were found on this machine`);
  }
  return { folder, files, textFiles, textBytes };
}

import { lstat } from 'node:fs/promises';
import { WatchwordError } from '../foundation/errors.ts';
import type { Detector } from './detector.ts';
import type { Source } from './source.ts';

/** What is to be scanned. */
export type ScanTarget =
  | {
      readonly kind: 'paths';
      /** Files and folders. */
      readonly paths: readonly string[];
      /** Globs of paths to leave out. */
      readonly exclude?: readonly string[];
      readonly respectGitignore?: boolean;
      /** 1 for none besides this one. */
      readonly threads?: number;
    }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array>; readonly name: string }
  /** What the next commit of this repository would change. */
  | { readonly kind: 'staged'; readonly repository: string }
  /** Every object of this repository. */
  | { readonly kind: 'history'; readonly repository: string; readonly threads?: number }
  /** `a..b` */
  | { readonly kind: 'range'; readonly repository: string; readonly range: string }
  /** Lines `old new ref` as git gives them to `pre-receive`, or `ref new ref old` as to `pre-push`. */
  | { readonly kind: 'pushed'; readonly repository: string; readonly updates: string };

/** The source for a target; its module is loaded only now, so that a hook starts without the others. */
export async function openTarget(target: ScanTarget, _detectors: readonly Detector[]): Promise<Source> {
  switch (target.kind) {
    case 'paths':
      return pathsSource(target);
    default:
      throw new WatchwordError('client.usage', `Not built yet: ${target.kind}.`);
  }
}

async function pathsSource({ paths }: Extract<ScanTarget, { kind: 'paths' }>): Promise<Source> {
  for (const path of paths) await lstat(path);
  const { directory } = await import('./sources/directory.ts');
  const sources = paths.map(directory);
  return async function* (context) {
    for (const source of sources) yield* source(context);
  };
}

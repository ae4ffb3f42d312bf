import type { Detector } from './detector.ts';
import { Scanner } from './engine/scanner.ts';

/** Paths that are remembered; a run meets the same one for every sighting in a file. */
const REMEMBERED = 1_000;

/**
 * Masks credentials in names of files: a backup may be named after the token that it was made with. Only those that are told by their
 * shape alone, since a word beside another is nothing special in a path.
 */
export function pathMask(detectors: readonly Detector[]): (path: string) => string {
  // Its own scanner: the one of the run may hold a file in its buffer just now.
  let scanner: Scanner | undefined;
  const known = new Map<string, string>();
  return (path) => {
    const remembered = known.get(path);
    if (remembered !== undefined) return remembered;
    scanner ??= new Scanner(detectors);
    const masked = maskedBy(scanner, path);
    if (known.size >= REMEMBERED) known.clear();
    known.set(path, masked);
    return masked;
  };
}

function maskedBy(scanner: Scanner, path: string): string {
  const bytes = Buffer.from(path, 'utf8');
  const hits = scanner.scan(bytes, { path: '' }).filter(({ detector }) => detector.kind === 'structured');
  if (hits.length === 0) return path;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, value } of hits) {
    pieces.push(bytes.toString('utf8', at, start), '…');
    at = end;
    value.fill(0);
  }
  return pieces.join('') + bytes.toString('utf8', at);
}

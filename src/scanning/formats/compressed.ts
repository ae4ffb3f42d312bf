import { basename } from 'node:path/posix';
import type { Budget } from '../budget.ts';
import { bytesContent, type Content } from '../content.ts';
import { type Format, HEAD, type Piece } from '../format.ts';
import { containerImage } from './container-image.ts';
import { type Expanded, expanded, HELD } from './expanded.ts';
import type { Decode } from './native-decoder.ts';
import { tar } from './tar.ts';

/** Compressed ones that are expanded at once. */
const AT_ONCE = 2 * 1024 * 1024;

interface Compression {
  readonly kind: string;
  readonly title: string;
  /** With the dot; `.tgz` becomes `.tar`. */
  readonly suffixes: Readonly<Record<string, string>>;
  recognises(head: Uint8Array): boolean;
  readonly decode: Decode;
  /** The quick way for small files, at most `most` bytes of output. @throws when that does not do */
  readonly atOnce?: (packed: Uint8Array, most: number) => Uint8Array;
}

/** One file, compressed. It is the file inside, under its name without the suffix; of a tar, the members are. */
export function compressed(compression: Compression): Format {
  const { kind, title, suffixes, recognises } = compression;
  return {
    kind,
    title,
    recognises: (_path, head) => recognises(head),
    unfold: (content, path, budget) => unfold(compression, nameInside(path, suffixes), content, path, budget),
  };
}

function nameInside(path: string, suffixes: Readonly<Record<string, string>>): string {
  const name = basename(path.slice(path.lastIndexOf('!') + 1));
  const lower = name.toLowerCase();
  for (const [suffix, instead] of Object.entries(suffixes))
    if (lower.endsWith(suffix) && lower.length > suffix.length) return name.slice(0, -suffix.length) + instead;
  return name;
}

async function* unfold(
  compression: Compression,
  name: string,
  content: Content,
  path: string,
  budget: Budget,
): AsyncGenerator<Piece> {
  const open = (): AsyncIterable<Uint8Array> => budget.counted(compression.decode(content.chunks()));
  const {
    content: plain,
    beginning,
    problem,
    close,
  } = (await expandedAtOnce(compression, content, budget)) ?? (await expanded(open));
  try {
    const archive = [containerImage, tar].find((format) => format.recognises(name, beginning.subarray(0, HEAD)));
    if (archive !== undefined) yield* archive.unfold(plain, path, budget);
    else if (beginning.length > 0) yield { kind: 'file', path: name, content: plain };
    if (problem !== undefined) yield { kind: 'problem', address: '', reason: problem };
  } finally {
    await close();
  }
}

/** Undefined for what is large or not sound. */
async function expandedAtOnce({ atOnce }: Compression, content: Content, budget: Budget): Promise<Expanded | undefined> {
  if (atOnce === undefined || content.size === undefined || content.size > AT_ONCE) return undefined;
  const packed = await content.whole();
  try {
    const bytes = atOnce(packed, HELD);
    budget.spend(bytes.length);
    return { content: bytesContent(bytes), beginning: bytes, held: true, close: async () => undefined };
  } catch {
    // The slow way finds out what is wrong, and keeps what is right.
    return undefined;
  }
}

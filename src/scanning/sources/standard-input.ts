import { bytesContent, type Content, following, gather, inTurns, NotScannable } from '../content.ts';
import type { Source } from '../source.ts';

/** More than this passes through without being held. */
const HELD = 64 * 1024 * 1024;

/**
 * What comes in from `input`, reported under `name`, which also says what format it has: an archive in a pipe is unfolded like a
 * file. More than 64 MiB are scanned as they pass.
 */
export function standardInput(input: AsyncIterable<Uint8Array>, name = 'stdin'): Source {
  return async function* ({ unfolder, progress }) {
    progress.expectedFiles += 1;
    const { rest, close } = inTurns(input);
    const { bytes, more, problem } = await gather(rest, HELD);
    yield* unfolder.file(name, more ? passing(bytes, rest) : bytesContent(bytes));
    if (problem !== undefined) yield { kind: 'not-scanned', path: name, reason: problem };
    await close();
  };
}

/** A pipe can be read once: a format that wants more than that, or all of it, is refused. */
function passing(beginning: Uint8Array, rest: AsyncIterable<Uint8Array>): Content {
  let used = false;
  const refused = (): NotScannable => new NotScannable('larger than 64 MiB and not a file, so that it can be read only once');
  return {
    size: undefined,
    head: async (length) => beginning.subarray(0, length),
    whole: async () => {
      throw refused();
    },
    chunks() {
      if (used) throw refused();
      used = true;
      return following(beginning, rest);
    },
  };
}

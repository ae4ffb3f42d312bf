/** One changed file as git's raw difference says it (git-diff, "Raw output format"). */
export interface Change {
  /** Undefined when the difference is not one of a commit. */
  readonly commit: string | undefined;
  readonly path: string;
  readonly status: string;
  /** Octal: `100644`, `120000` for a symbolic link, `160000` for a submodule, `000000` when it is gone. */
  readonly mode: string;
  /** Zeros when it is gone. */
  readonly id: string;
  /** What was there before: for a merge one for each parent. Without zeros. */
  readonly before: readonly string[];
}

const COLON = 0x3a;
const SUBMODULE = '160000';

/** Whether there is a blob now: neither gone, nor a submodule, nor in conflict. */
export const hasBlob = ({ mode, id }: Change): boolean => mode !== SUBMODULE && mode !== '000000' && !/^0*$/.test(id);

/** Reads what `git diff-tree --stdin --raw -z` and `git diff-index --raw -z` print, with and without `-c`, as it comes in. */
export async function* rawChanges(output: AsyncIterable<Buffer>): AsyncGenerator<readonly Change[]> {
  let commit: string | undefined;
  let change: Omit<Change, 'path'> | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of output) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const changes: Change[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      if (change !== undefined) {
        changes.push({ ...change, path: bytes.toString('utf8', start, end) });
        change = undefined;
      } else if (bytes[start] === COLON) change = { commit, ...parsed(bytes.toString('latin1', start, end)) };
      else commit = bytes.toString('latin1', start, end).trim();
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (changes.length > 0) yield changes;
  }
}

/** As many colons as parents, their modes and the new one, their ids and the new one, the status. */
function parsed(text: string): Omit<Change, 'path' | 'commit'> {
  const parents = text.search(/[^:]/);
  const parts = text.slice(parents).split(' ');
  const before = parts.slice(parents + 1, 2 * parents + 1).filter((id, at) => !/^0*$/.test(id) && parts[at] !== SUBMODULE);
  return { mode: parts[parents] ?? '', id: parts[2 * parents + 1] ?? '', status: parts[2 * parents + 2] ?? '', before };
}

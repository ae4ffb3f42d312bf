import { type Glob, matches, parseGlob } from './glob.ts';

interface Rule {
  /** What an anchored rule says before its first wildcard. git compares it apart, so that `**` after it counts as a folder's. */
  readonly prefix: string;
  /** What comes after the prefix. */
  readonly glob: Glob;
  /** Instead of the glob: exactly this, or what ends in this. Nearly all rules are one of the two. */
  readonly literal: string | undefined;
  readonly ending: string | undefined;
  readonly negated: boolean;
  readonly folderOnly: boolean;
  /** Whether it speaks of a path from `base` on, or of a name anywhere below. */
  readonly anchored: boolean;
  /** Folder whose rule it is, with a `/` at the end; empty for the root. */
  readonly base: string;
}

/** Lines of a `.gitignore`, as gitignore(5) describes them. Paths have `/` and are relative to the root. */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[] = []) {
    this.#rules = rules;
  }

  /** With the lines of a file in the folder `base` besides; they count more than those before. */
  with(text: string, base = ''): IgnoreRules {
    const rules = text
      .replace(/^\ufeff/, '')
      .split('\n')
      .flatMap((line) => parseLine(line.replace(/\r$/, ''), base));
    return new IgnoreRules([...this.#rules, ...rules]);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** Whether the last rule that fits says so. Whoever walks does not enter an ignored folder: what is in it is not asked for. */
  ignores(path: string, isFolder: boolean): boolean {
    for (let at = this.#rules.length - 1; at >= 0; at -= 1) {
      const rule = this.#rules[at] as Rule;
      if (fits(rule, path, isFolder)) return !rule.negated;
    }
    return false;
  }
}

function fits({ prefix, glob, literal, ending, folderOnly, anchored, base }: Rule, path: string, isFolder: boolean): boolean {
  if ((folderOnly && !isFolder) || !path.startsWith(base)) return false;
  const subject = anchored ? path.slice(base.length) : path.slice(path.lastIndexOf('/') + 1);
  if (literal !== undefined) return subject === literal;
  if (ending !== undefined) return subject.endsWith(ending);
  return subject.startsWith(prefix) && matches(glob, subject.slice(prefix.length));
}

function parseLine(line: string, base: string): readonly Rule[] {
  if (line.startsWith('#')) return [];
  const negated = line.startsWith('!');
  let pattern = withoutTrailingSpaces(negated ? line.slice(1) : line);
  const folderOnly = pattern.endsWith('/');
  if (folderOnly) pattern = pattern.slice(0, -1);
  const anchored = pattern.includes('/');
  if (pattern.startsWith('/')) pattern = pattern.slice(1);
  const prefix = anchored ? (/^[^*?[\\]*/.exec(pattern)?.[0] ?? '') : '';
  const glob = pattern === '' ? undefined : parseGlob(pattern.slice(prefix.length));
  if (glob === undefined) return [];
  const plain = !/[*?[\\]/.test(pattern.slice(1));
  const literal = plain && !/^[*?[\\]/.test(pattern) ? pattern : undefined;
  const ending = plain && !anchored && pattern.startsWith('*') ? pattern.slice(1) : undefined;
  return [{ prefix, glob, literal, ending, negated, folderOnly, anchored, base }];
}

/** A space at the end counts when a backslash stands before it. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ') {
    let slashes = 0;
    while (line[end - 2 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 1) break;
    end -= 1;
  }
  return line.slice(0, end);
}

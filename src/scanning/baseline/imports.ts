import { createHash } from 'node:crypto';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Sighting } from '../sighting.ts';

/** One line of another tool's file: what it silences there, found again here by its place or by a hash of its value. */
export interface ForeignEntry {
  /** As the other file writes it, for the list of what was not found again. */
  readonly text: string;
  matches(sighting: Sighting): boolean;
}

/** Exceptions of another scanner. */
export interface ForeignBaseline {
  readonly tool: 'gitleaks' | 'detect-secrets' | 'kingfisher';
  readonly entries: readonly ForeignEntry[];
}

/**
 * `.gitleaksignore`, `.secrets.baseline`, or kingfisher's YAML; told apart by their content.
 * @throws WatchwordError `client.usage` when it is none of them
 */
export async function parseForeignBaseline(text: string, path: string): Promise<ForeignBaseline> {
  if (text.trimStart().startsWith('{')) return { tool: 'detect-secrets', entries: detectSecrets(text, path) };
  if (/^\s*ExactFindings\s*:/m.test(text)) return { tool: 'kingfisher', entries: await kingfisher(text, path) };
  return { tool: 'gitleaks', entries: gitleaks(text, path) };
}

const unknownFile = (path: string): WatchwordError =>
  new WatchwordError(
    'client.usage',
    'This is neither a .gitleaksignore, nor a .secrets.baseline, nor a baseline of kingfisher.',
    {
      where: path,
    },
  );

const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

/** By file and line; other tools count lines of the raw file, as we do. */
function atPlace(path: string, line: number, commit?: string): (sighting: Sighting) => boolean {
  const wanted = plain(path);
  return (sighting) => {
    const { start, end, origin } = sighting;
    const isThere = sighting.path === wanted || plain(sighting.path).endsWith(`/${wanted}`) || plain(sighting.path) === wanted;
    if (!isThere || line < start.line || line > end.line) return false;
    return commit === undefined || origin?.commit === undefined || origin.commit.startsWith(commit);
  };
}

/** `commit:file:rule:line` or `file:rule:line`; `#` begins a remark. */
function gitleaks(text: string, path: string): ForeignEntry[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, commit, file, number] = /^(?:([0-9a-f]{7,64}):)?(.+):[^:]+:(\d{1,9})$/.exec(line) ?? [];
      if (file === undefined) throw unknownFile(path);
      return { text: line, matches: atPlace(file, Number(number), commit) };
    });
}

type ForeignRecord = Readonly<Record<string, unknown>>;

/** `results` maps files to hashes (SHA-1) of secrets. Names in it are that tool's. */
function detectSecrets(text: string, path: string): ForeignEntry[] {
  const results = (jsonObject(text, path) as { readonly results?: Readonly<Record<string, unknown>> }).results;
  if (typeof results !== 'object' || results === null) throw unknownFile(path);
  return Object.entries(results).flatMap(([file, found]) =>
    (Array.isArray(found) ? (found as ForeignRecord[]) : []).map((result) => {
      const hash = String(result['hashed_secret']);
      const line = Number(result['line_number']);
      const isThere = atPlace(file, line);
      return {
        text: `${file}:${line}`,
        // The hash finds it wherever it moved; the place where our span is another than that tool's.
        matches: (sighting: Sighting) => createHash('sha1').update(sighting.value).digest('hex') === hash || isThere(sighting),
      };
    }),
  );
}

function jsonObject(text: string, path: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw unknownFile(path);
  }
}

/** Its fingerprints hash rule and offset, so that only file and line can be found again. */
async function kingfisher(text: string, path: string): Promise<ForeignEntry[]> {
  const { parse } = await import('yaml');
  const file = parse(text, { maxAliasCount: 0 }) as { readonly ExactFindings?: { readonly matches?: unknown } };
  const matches = file.ExactFindings?.matches;
  if (!Array.isArray(matches)) throw unknownFile(path);
  return (matches as ForeignRecord[]).map((match) => {
    const file = String(match['filepath']);
    const line = Number(match['linenum']);
    return { text: `${file}:${line}`, matches: atPlace(file, line) };
  });
}

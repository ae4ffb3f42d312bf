import type { ParsedSource, Remark } from './source.ts';

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/y;
const IGNORED = /[ \t]*(?:#.*)?$/my;
const REST = /[^\n]*/y;
const REFERENCE = /(?<!\\)\$(?:\{|\(|[A-Za-z_])/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', $: '$', '`': '`' };

interface Value {
  readonly text: string;
  /** Where the value's line ends. */
  readonly end: number;
  readonly references: boolean;
}

/**
 * Reads a `.env` file: `export`, comments, single quotes and backticks (taken literally), double quotes (with `\n \r \t \\ \" \$`),
 * quoted values over several lines. References such as `${HOME}` stay as they are written. A line that fits nothing is a problem
 * and ends nothing: reading goes on at the next line.
 */
export function parseDotenv(source: string): ParsedSource {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const values = new Map<string, { text: string; line: number }>();
  const notes: Remark[] = [];
  const problems: Remark[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const entry = match(IGNORED, text, at) === undefined ? readEntry(text, at) : undefined;
    if (typeof entry === 'string') problems.push({ line, text: entry });
    if (typeof entry === 'object') {
      const { name, value } = entry;
      const earlier = values.get(name);
      if (earlier !== undefined) notes.push({ line, text: `${name} replaces the value of line ${earlier.line}` });
      if (value.references) notes.push({ line, text: `${name} refers to another variable; kept as it is written` });
      if (value.text === '') notes.push({ line, text: `${name} is empty` });
      values.set(name, { text: value.text, line });
    }
    const next = typeof entry === 'object' ? entry.value.end : end;
    line += text.slice(at, next).split('\n').length;
    at = next + 1;
  }
  return { data: Object.fromEntries([...values].map(([name, value]) => [name, value.text])), notes, problems };
}

/** The entry at a line's start, or what is wrong with it. */
function readEntry(text: string, at: number): { name: string; value: Value } | string {
  const name = match(NAME, text, at);
  if (name?.[1] === undefined) return 'not of the form NAME=value';
  const value = readValue(text, at + name[0].length);
  return typeof value === 'string' ? value : { name: name[1], value };
}

function readValue(text: string, at: number): Value | string {
  const quote = text[at];
  if (quote !== '"' && quote !== "'" && quote !== '`') return bareValue(text, at);
  const close = closing(text, at + 1, quote);
  if (close === -1) return `the ${quote} is not closed`;
  const rest = match(IGNORED, text, close + 1);
  if (rest === undefined) return 'there is something after the closing quote';
  const raw = text.slice(at + 1, close);
  const double = quote === '"';
  return { text: double ? unescaped(raw) : raw, end: close + 1 + rest[0].length, references: double && REFERENCE.test(raw) };
}

function bareValue(text: string, at: number): Value {
  const rest = match(REST, text, at)?.[0] ?? '';
  const value = rest.startsWith('#') ? '' : rest.replace(/[ \t]#.*$/, '').trim();
  return { text: value, end: at + rest.length, references: REFERENCE.test(value) };
}

function closing(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === quote) return at;
    if (text[at] === '\\' && quote === '"') at++;
  }
  return -1;
}

const unescaped = (raw: string) => raw.replace(/\\([\s\S])/g, (whole, character: string) => ESCAPES[character] ?? whole);

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

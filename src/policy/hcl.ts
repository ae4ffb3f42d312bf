import { limits } from '../foundation/bounds.ts';
import { policyError, type Token, type TokenKind, tokens } from './hcl-tokens.ts';

export type HclValue = string | number | boolean | readonly HclValue[] | readonly Entry[];

/** `key "label" { … }` or `key = value`; a block's value is its entries. */
export interface Entry {
  readonly key: string;
  readonly labels: readonly string[];
  readonly value: HclValue;
  readonly line: number;
  readonly block: boolean;
}

export function isEntries(value: HclValue): value is readonly Entry[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'object' && 'key' in member);
}

/** Parses HCL, or JSON when the text begins with a brace. @throws WatchwordError `policy.invalid` with the line */
export function parseHcl(text: string): readonly Entry[] {
  return /^\s*\{/.test(text) ? entriesOfJson(text) : new Parser(text).file();
}

class Parser {
  readonly #tokens: Generator<Token>;
  #next: Token;

  constructor(text: string) {
    this.#tokens = tokens(text);
    this.#next = this.#pull();
  }

  file(): readonly Entry[] {
    const entries: Entry[] = [];
    while (this.#next.kind !== 'end') entries.push(this.#entry(0));
    return entries;
  }

  #entry(depth: number): Entry {
    if (depth > limits.jsonDepth) throw policyError('nested too deeply', this.#next.line);
    const key = this.#take('word', 'string');
    const labels: string[] = [];
    while (this.#next.kind === 'string' || this.#next.kind === 'word') labels.push(this.#take('string', 'word').text);
    if (this.#next.kind === '{') return { key: key.text, labels, value: this.#body(depth), line: key.line, block: true };
    if (labels.length > 0) throw policyError('expected a block in braces', this.#next.line);
    this.#take('=', ':');
    return { key: key.text, labels, value: this.#value(depth + 1), line: key.line, block: false };
  }

  #body(depth: number): readonly Entry[] {
    const open = this.#take('{');
    const entries: Entry[] = [];
    while (this.#next.kind !== '}') {
      if (this.#next.kind === 'end') throw policyError('this block does not end', open.line);
      entries.push(this.#entry(depth + 1));
      if (this.#next.kind === ',') this.#take(',');
    }
    this.#take('}');
    return entries;
  }

  #value(depth: number): HclValue {
    if (depth > limits.jsonDepth) throw policyError('nested too deeply', this.#next.line);
    if (this.#next.kind === '{') return this.#body(depth);
    if (this.#next.kind === '[') return this.#list(depth);
    const token = this.#take('string', 'number', 'word');
    if (token.kind === 'word' && token.text !== 'true' && token.text !== 'false') {
      throw policyError('a value must be a text in quotes, a number, true, false, a list or an object', token.line);
    }
    if (token.kind === 'word') return token.text === 'true';
    // `30m` is no number, but reads naturally where a duration is meant.
    return token.kind === 'number' && Number.isFinite(Number(token.text)) ? Number(token.text) : token.text;
  }

  #list(depth: number): readonly HclValue[] {
    const open = this.#take('[');
    const values: HclValue[] = [];
    for (;;) {
      if (this.#next.kind === ']') break;
      if (this.#next.kind === 'end') throw policyError('this list does not end', open.line);
      values.push(this.#value(depth + 1));
      // The last value may have a comma too.
      if (this.#take(',', ']').kind === ']') return values;
    }
    this.#take(']');
    return values;
  }

  #take(...kinds: readonly TokenKind[]): Token {
    const token = this.#next;
    if (!kinds.includes(token.kind)) {
      throw policyError(
        `expected ${kinds.join(' or ')}, found ${token.kind === 'end' ? 'the end of the text' : token.kind}`,
        token.line,
      );
    }
    if (token.kind !== 'end') this.#next = this.#pull();
    return token;
  }

  #pull(): Token {
    const { value, done } = this.#tokens.next();
    return done === true ? { kind: 'end', text: '', line: 0 } : value;
  }
}

/** HCL's JSON form: `{"path": {"a/*": {…}}}`, also with lists of objects instead of objects. */
function entriesOfJson(text: string): readonly Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw policyError('not valid JSON', 1);
  }
  return objectsOf(parsed).flatMap((object) =>
    Object.entries(object).flatMap(([key, value]): Entry[] =>
      key === 'path'
        ? objectsOf(value).flatMap((paths) =>
            Object.entries(paths).map(([label, body]) => ({
              key,
              labels: [label],
              value: valueOfJson(body, 0),
              line: 1,
              block: true,
            })),
          )
        : [{ key, labels: [], value: valueOfJson(value, 0), line: 1, block: false }],
    ),
  );
}

function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((member) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) throw policyError('expected an object', 1);
    return member as Record<string, unknown>;
  });
}

function valueOfJson(value: unknown, depth: number): HclValue {
  if (depth > limits.jsonDepth) throw policyError('nested too deeply', 1);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((member) => valueOfJson(member, depth + 1));
  if (typeof value !== 'object' || value === null) throw policyError('null is not a value', 1);
  return Object.entries(value).map(([key, member]) => ({
    key,
    labels: [],
    value: valueOfJson(member, depth + 1),
    line: 1,
    block: false,
  }));
}

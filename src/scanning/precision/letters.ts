import { remembered } from './remembered.ts';

/** What a text is made of, found in one pass: rules out most of what regular expressions would look for. */
export interface Letters {
  readonly lower: string;
  /** A bit for each letter, whatever its case, and for the kinds below. */
  readonly kinds: number;
  /** Most times that one character stands in a row, whatever its case. */
  readonly longest: number;
  /** The same of characters other than `a`, of which encoded zeros are made. */
  readonly longestOther: number;
}

const A = 97;
const DIGIT = 1 << 26;
/** `_` or `-`. */
export const JOIN = 1 << 27;
export const DOT = 1 << 28;
/** Any other sign of ASCII. */
const MARK = 1 << 29;
/** What is not ASCII. */
export const HIGH = 1 << 30;
/** Neither letter nor digit. */
export const SIGN = JOIN | DOT | MARK | HIGH;

/** By character of ASCII. */
const KINDS = Int32Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code).toLowerCase();
  if (/[a-z]/.test(text)) return 1 << (text.charCodeAt(0) - A);
  if (/[0-9]/.test(text)) return DIGIT;
  if (/[_-]/.test(text)) return JOIN;
  return text === '.' ? DOT : MARK;
});

function count(text: string): Letters {
  const lower = text.toLowerCase();
  let kinds = 0;
  let longest = 0;
  let longestOther = 0;
  let run = 0;
  let last = -1;
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    kinds |= KINDS[code] ?? HIGH;
    run = code === last ? run + 1 : 1;
    if (run > longest) longest = run;
    if (run > longestOther && code !== A) longestOther = run;
    last = code;
  }
  return { lower, kinds, longest, longestOther };
}

export const lettersOf: (text: string) => Letters = remembered(count);

/** Texts in lower case, asked for all together. */
export class Roots {
  readonly #all: readonly { readonly root: string; readonly kinds: number }[];

  constructor(roots: readonly string[]) {
    this.#all = roots.map((root) => ({ root, kinds: count(root).kinds }));
  }

  /** Whether one of them stands in a text, in any case. */
  standIn({ lower, kinds }: Letters): boolean {
    for (const each of this.#all) if ((each.kinds & ~kinds) === 0 && lower.includes(each.root)) return true;
    return false;
  }
}

const seen = new Uint8Array(256);

/** How many different characters there are in a text of Latin-1. */
export function distinctIn(text: string): number {
  seen.fill(0);
  let distinct = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (seen[code] === 0) distinct += 1;
    seen[code] = 1;
  }
  return distinct;
}

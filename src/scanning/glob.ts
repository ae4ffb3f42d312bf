/** One step of a pattern. */
type Step =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'one'; readonly accepts: (character: string) => boolean }
  /** Any number of characters within a name. */
  | { readonly kind: 'star' }
  /** Any number of whole folders, each with its `/`. */
  | { readonly kind: 'folders' }
  /** Everything. */
  | { readonly kind: 'rest' };

/** A pattern as git's `wildmatch` reads it, with `**` across folders. */
export type Glob = readonly Step[];

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** Undefined for a pattern that matches nothing: an open bracket, a backslash at the end. */
export function parseGlob(pattern: string): Glob | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at] as string;
    if (character === '*') {
      const [step, next] = parseStars(pattern, at);
      steps.push(step);
      at = next;
    } else if (character === '[') {
      const parsed = parseBracket(pattern, at + 1);
      if (parsed === undefined) return undefined;
      steps.push({ kind: 'one', accepts: parsed.accepts });
      at = parsed.next;
    } else if (character === '\\') {
      if (at + 1 === pattern.length) return undefined;
      steps.push({ kind: 'character', character: pattern[at + 1] as string });
      at += 2;
    } else {
      steps.push(character === '?' ? { kind: 'one', accepts: notSlash } : { kind: 'character', character });
      at += 1;
    }
  }
  return steps;
}

const notSlash = (character: string): boolean => character !== '/';

/** Two stars that fill a whole part of the path are folders; otherwise they are one. */
function parseStars(pattern: string, at: number): [Step, number] {
  let end = at;
  while (pattern[end] === '*') end += 1;
  const whole = end - at >= 2 && (at === 0 || pattern[at - 1] === '/');
  if (whole && end === pattern.length) return [{ kind: 'rest' }, end];
  if (whole && pattern[end] === '/') return [{ kind: 'folders' }, end + 1];
  return [{ kind: 'star' }, end];
}

function parseBracket(pattern: string, start: number): { accepts: (character: string) => boolean; next: number } | undefined {
  const negated = pattern[start] === '!' || pattern[start] === '^';
  const tests: ((character: string) => boolean)[] = [];
  let at = negated ? start + 1 : start;
  for (let first = true; ; first = false) {
    if (at >= pattern.length) return undefined;
    if (pattern[at] === ']' && !first) break;
    const named = /^\[:([a-z]*):\]/.exec(pattern.slice(at, at + 16));
    if (named !== null) {
      const test = classes[named[1] ?? ''];
      if (test === undefined) return undefined;
      tests.push((character) => test.test(character));
      at += named[0].length;
      continue;
    }
    const [low, afterLow] = literalAt(pattern, at);
    at = afterLow;
    if (pattern[at] === '-' && pattern[at + 1] !== ']' && at + 1 < pattern.length) {
      const [high, afterHigh] = literalAt(pattern, at + 1);
      if (high === undefined) return undefined;
      tests.push((character) => low !== undefined && low <= character && character <= high);
      at = afterHigh;
    } else tests.push((character) => character === low);
  }
  const accepts = (character: string): boolean => character !== '/' && tests.some((test) => test(character)) !== negated;
  return { accepts, next: at + 1 };
}

function literalAt(pattern: string, at: number): [string | undefined, number] {
  return pattern[at] === '\\' ? [pattern[at + 1], at + 2] : [pattern[at], at + 1];
}

/** Follows all ways at once: a pattern of many stars costs no more than its length times that of the path. */
export function matches(glob: Glob, path: string): boolean {
  let places = new Set<number>();
  enter(glob, 0, places);
  for (let at = 0; at < path.length; at += 1) {
    const next = new Set<number>();
    for (const place of places) advance(glob, place, path[at] as string, next);
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(glob.length);
}

/** A place and those behind it that can be reached without using up a character. */
function enter(glob: Glob, place: number, places: Set<number>): void {
  for (let at = place; ; at += 1) {
    places.add(at);
    const kind = glob[at]?.kind;
    if (kind !== 'star' && kind !== 'folders' && kind !== 'rest') return;
  }
}

/** A place below zero is within a folder's name that the step at `-place - 1` takes in. */
function advance(glob: Glob, place: number, character: string, next: Set<number>): void {
  if (place < 0) {
    if (character === '/') enter(glob, -place - 1, next);
    else next.add(place);
    return;
  }
  const step = glob[place];
  if (step === undefined) return;
  if (step.kind === 'rest') next.add(place).add(place + 1);
  else if (step.kind === 'character' ? step.character === character : step.kind === 'one' && step.accepts(character))
    enter(glob, place + 1, next);
  else if (step.kind === 'star' && character !== '/') enter(glob, place, next);
  else if (step.kind === 'folders') {
    if (character === '/') enter(glob, place, next);
    else next.add(-place - 1);
  }
}

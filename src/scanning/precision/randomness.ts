import { distinctIn } from './letters.ts';
import { remembered } from './remembered.ts';
import { wordLikeness, wordPart } from './words.ts';

/** What a value looks like, without regard to where it stands. */
export interface Looks {
  /** Kinds of characters in it: lower case, upper case, digits, others. 1 to 4. */
  readonly classes: number;
  readonly digits: number;
  readonly letters: number;
  /** Characters that are neither letter nor digit. */
  readonly marks: number;
  readonly distinct: number;
  /** How often the kind of character changes from one to the next, apart from a capital at the beginning of a word. */
  readonly changes: number;
  /** The letters are those of words: a name, a sentence, or a word with something attached. */
  readonly wordy: boolean;
}

const [MARK, LOWER, UPPER, DIGIT] = [0, 1, 2, 3];

function kindOf(code: number): number {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  return code >= 48 && code <= 57 ? DIGIT : MARK;
}

/** Above this, letters follow each other as in words; letters by chance get there once in 200 times at 8 letters, never at 16. */
const LIKE_WORDS = 0.45;

export const looksOf: (value: string) => Looks = remembered((value) => {
  const counts = [0, 0, 0, 0];
  let changes = 0;
  let last: number | undefined;
  for (let at = 0; at < value.length; at += 1) {
    const kind = kindOf(value.charCodeAt(at));
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (last !== undefined && kind !== last && !(last === UPPER && kind === LOWER)) changes += 1;
    last = kind;
  }
  const [marks = 0, lower = 0, upper = 0, digits = 0] = counts;
  const letters = lower + upper;
  return {
    classes: counts.filter((count) => count > 0).length,
    digits,
    letters,
    marks,
    distinct: distinctIn(value),
    changes,
    wordy: isWordy(value, letters, digits),
  };
});

/** Six of the letters alone make something like words too easily. */
const HEX = /^(?=(?:[a-f]*[0-9]){4})[0-9a-f]{24,}$/i;

function isWordy(value: string, letters: number, digits: number): boolean {
  if (letters < 3 || digits > letters || HEX.test(value)) return false;
  return wordPart(value, true) >= 0.6 || (letters >= 6 && wordLikeness(value, true) >= LIKE_WORDS);
}

/** Nobody chose it: long enough, of many different characters, and not made of words. */
export function isRandom(value: string, looks: Looks): boolean {
  if (looks.wordy || value.length < 8) return false;
  if (looks.distinct < Math.min(8, value.length * 0.55)) return false;
  if (looks.letters < 3) return false;
  if (value.length >= 16) return looks.changes >= 3 || (looks.digits === 0 && looks.classes === 1 && wordLikeness(value) < 0);
  if (looks.letters === value.length && looks.changes >= 3) return wordLikeness(value) < 0;
  return (looks.classes >= 3 && looks.changes >= 3) || (looks.classes === 2 && looks.digits >= 2 && looks.changes >= 4);
}

/** Such as people choose and rules for passwords ask for: `Winter2024!`, `hunter2x`, `tr0ub4dor`. */
export function isChosen(value: string, looks: Looks): boolean {
  if (value.length < 6 || looks.letters < 3) return false;
  if (looks.digits > 0) return looks.distinct >= 5;
  return looks.marks > 0 && /[!@#$%^&*?]/.test(value);
}

/** One word and a number, as rules for passwords make people choose: `Winter2024!`, `falcon_42`. Also how things are numbered. */
export const isWordAndNumber = (value: string): boolean =>
  /^[A-Za-z][a-z]{3,14}[-_.@]?[0-9]{2,4}[!?.*#]{0,2}[a-z]?$/.test(value) &&
  !/^(?:sha|md|hs|rs|es|ps|utf|aes|base|argon|iso|x|blake|curve|ed|version|python|node|cuda|page|step|layer|server|service|host|port|worker|cluster|replica|shard|zone|secret|password|token|key|v)[-_.@]?[0-9]/i.test(
    value,
  );

/** Base64 that nobody reads a path or a comparison into: long, of all kinds of characters, with its padding. */
export const isRandomBase64: (value: string) => boolean = remembered((value) => {
  if (!/^[A-Za-z0-9+/]{32,}={0,2}$/.test(value)) return false;
  const looks = looksOf(value);
  return looks.classes >= 3 && looks.digits >= 2 && looks.changes >= value.length * 0.3 && isRandom(value, looks);
});

const NAME = /^[$_]?(?:[A-Z][0-9])?[A-Za-z]+(?:[_.:/-]{1,2}[A-Za-z]+)*[0-9]{0,2}(?:\(\))?;?$/;
const PIECES =
  /^(?:[A-Za-z]{1,24}[0-9]{0,3}|[a-z]{3,12}[0-9]id|[0-9]{1,4})(?:[-_./:#]{1,2}(?:[A-Za-z]{1,24}[0-9]{0,3}|[0-9]{1,4}))+[-_./:]?$/;

/** Words of which at least two are joined by `_`, all in one case: hardly ever a secret. */
const SNAKE = /^_{0,2}(?:[a-z0-9]{1,14}(?:_[a-z0-9]{1,14}){2,}|[A-Z0-9]{1,14}(?:_[A-Z0-9]{1,14}){2,})$/;

/** `db-credentials-w8tnq4gens`: words and an ending that a system gave. */
const NUMBERED = /^([a-z]{2,16}(?:-[a-z]{2,16}){1,4})-[a-z0-9]{4,10}$/;

/** A name in a program or a system: `some_function`, `someFunction2`, `SOME_NAME`, `service-db-password-2`. */
export const isIdentifier: (value: string) => boolean = remembered((value) => {
  if (SNAKE.test(value)) return true;
  const numbered = NUMBERED.exec(value)?.[1];
  if (numbered !== undefined && wordPart(numbered) >= 0.6) return true;
  if (NAME.test(value) && looksOf(value).wordy) return true;
  return PIECES.test(value) && (wordPart(value, true) >= 0.4 || looksOf(value).wordy);
});

import { DOT, distinctIn, HIGH, JOIN, type Letters, lettersOf, Roots } from './letters.ts';
import { isIdentifier } from './randomness.ts';
import { remembered } from './remembered.ts';
import { isStandIn } from './stand-ins.ts';
import { wordPart } from './words.ts';

/**
 * Strong signs that a value was written to stand for another. Each is so unlikely in a value made by chance (below one in a
 * million) that it holds for credentials whose shape alone identifies them too.
 */
const INVENTED =
  /([^a])\1{7,}|x{6,}|\*{4,}|\.{4,}|^\.{3}|\.{3}$|\x85|\xe2\x80\xa6|examplekey|1234567890|0123456789|9876543210|abcdefghij|placeholder|changeme|change[_-]me|replace[_-]?(?:me|this|with)|your[_-](?:own|secret|token|api|key|access|auth|pass|private|client|[a-z]+[_-](?:here|key|token|secret))|(?:key|token|secret|goes)[_-]here|redacted|removed|dummy[_-]|[_-]dummy|(?:^|[_-])fake[_-]|not[_-]?a[_-]?real|notreal|insert[_-]|deadbeef(?:deadbeef|cafe)|deadbeefdead|cafebabe(?:cafebabe|deadbeef)/i;

/** One of these stands in what `INVENTED` matches, unless that is one character in a row or not ASCII. */
const INVENTED_ROOTS = new Roots(
  `examplekey 1234567890 0123456789 9876543210 abcdefghij placeholder change replace your here redacted removed dummy fake not insert
  deadbeef cafebabe`.split(/\s+/),
);

function saysInvented(value: string, { kinds, longestOther }: Letters, hasRoot: boolean): boolean {
  const isOdd = longestOther >= 4 || (longestOther === 3 && (kinds & DOT) !== 0) || (kinds & HIGH) !== 0;
  return (isOdd || hasRoot) && INVENTED.test(value);
}

const WORD_ROOTS = new Roots(['example', 'sample', 'dummy']);
const WORD = /(?:e|E)xample|EXAMPLE|(?:s|S)ample|SAMPLE|(?:d|D)ummy|DUMMY/;

/** `1234…`, `abcd…`, `9876…`: the part of the characters that are one more or one less than the one before. */
function stepPart(value: string): number {
  let steps = 0;
  for (let at = 1; at < value.length; at += 1) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
    if (step === 1 || step === -1 || (value.charAt(at - 1) === '9' && /[0aA]/.test(value.charAt(at)))) steps += 1;
  }
  return steps / Math.max(1, value.length - 1);
}

/** `abc123abc123abc1`: one group again and again, at least twice and a half. */
function repeats(value: string): boolean {
  for (let period = 1; period <= 16 && period * 2.5 <= value.length && value.length >= 10; period += 1) {
    let at = period;
    while (at < value.length && value.charCodeAt(at) === value.charCodeAt(at - period)) at += 1;
    if (at === value.length) return true;
  }
  return false;
}

/** `aaabbbcccc`: nothing but rows of one character, together as long as three rows of three. */
function isOfRows(value: string): boolean {
  let rows = 0;
  for (let at = 0; at < value.length; ) {
    const from = at;
    while (at < value.length && value.charCodeAt(at) === value.charCodeAt(from)) at += 1;
    if (at - from < 3) return false;
    rows += Math.floor((at - from) / 3);
  }
  return rows >= 3;
}

/** The part that differs from one credential to the next: without the words before the last separator that names it. */
function body(value: string): string {
  const match = /^(?:[A-Za-z]{1,12}[0-9]{0,2}[_.-]){1,4}(?=[A-Za-z0-9_-]{12})/.exec(value);
  return match === null ? value : value.slice(match[0].length);
}

/** Long ones (private keys, JWTs, documents) are judged by their beginning; runs of one letter are normal in them. */
const LONG = 200;

/** Whether the value was invented for an example, whatever its shape. */
export const isInvented: (value: string) => boolean = remembered((value) => {
  if (value.length > LONG) return false;
  const letters = lettersOf(value);
  if (saysInvented(value, letters, INVENTED_ROOTS.standIn(letters))) return true;
  const isJoined = (letters.kinds & (JOIN | DOT)) !== 0;
  const own = isJoined ? body(value) : value;
  const mayHoldWord = WORD_ROOTS.standIn(letters);
  if (own.length < 8) return mayHoldWord && WORD.test(value) && value.length < 24;
  if (mayHoldWord && WORD.test(own)) return true;
  if (isJoined && /^(?:your|my|the|some)[_-][a-z_-]+$/i.test(own)) return true;
  if (letters.longest >= 3 && isOfRows(own)) return true;
  if (isOfFew(own)) return true;
  return (own.length >= 12 && stepPart(own) >= 0.6) || repeats(own) || (isJoined && phrase(own));
});

/** Whether it is made of at most two characters, or of four when it is long, and of `_` and `-`. */
function isOfFew(own: string): boolean {
  const distinct = distinctIn(own) - (own.includes('_') ? 1 : 0) - (own.includes('-') ? 1 : 0);
  return distinct <= 2 || (own.length >= 16 && distinct <= 4);
}

/** Words with separators: `this-is-not-a-key`, `PUT_TOKEN_HERE`, `SOME_TYPE_new_func`. */
function phrase(own: string): boolean {
  return own.length >= 16 && /^[A-Za-z]{1,32}(?:[_-][A-Za-z]{1,32}){2,}$/.test(own) && wordPart(own) >= 0.4;
}

const MEANT =
  /<[^>]*>|&lt;|\[[A-Za-z][A-Za-z0-9 _-]+\]|(?:^|[_-])abc-?123|(?:^|[_\W])(?:your|put|insert|enter|replace|change|example|placeholder|dummy|fake|sample|mock|redacted|censored|todo|fixme|foobar|lorem)(?:[_\W]|$)|[_-]here$|changeme|example|dummy|placeholder|not[_-]?(?:a[_-]?)?(?:real|secret|used)|(?:^|[_-])(?:test|testing|foo|bar)(?:[_-](?:secret|password|token|key|api|user|value|pass|foo|bar|baz|qux)|[0-9]{0,4}$)|[_-]test$|\*{3,}|x{5,}|[-_]x{3,}$|^my[_-]|\.{3,}|\xe2\x80\xa6|\xe2\x80\xa2/i;

/** One of these stands in what `MEANT` and `CAMEL` match, unless that is not ASCII. */
const MEANT_ROOTS = new Roots(
  `< &lt; [ abc your put insert enter replace change example placeholder dummy fake sample mock redacted censored todo fixme foobar lorem
  here not test foo bar *** xxx my ...`.split(/\s+/),
);

const CAMEL = /(?:^|[^A-Za-z])(?:[Yy]our|[Pp]ut|[Ii]nsert|[Ee]nter|[Mm]y)[A-Z][a-z]{2}/;

const saysMeant = (value: string, letters: Letters): boolean =>
  ((letters.kinds & HIGH) !== 0 || MEANT_ROOTS.standIn(letters)) &&
  (MEANT.test(value) || (CAMEL.test(value) && wordPart(value) >= 0.5));

const SECRET_ROOTS = new Roots(['secret', 'passw', 'token', 'key']);

/** `mysecretpassword`: the words themselves, and nothing else. */
const sayWhatTheyAre = (value: string, letters: Letters): boolean =>
  SECRET_ROOTS.standIn(letters) &&
  ((/^[A-Za-z _.-]+$/.test(value) && wordPart(value) >= 0.75) || (/[a-z][_-][a-z]/i.test(value) && isIdentifier(value)));

/** Besides invented ones: words in the place of a password, as documentation and templates have them. */
export const isPlaceholder: (value: string) => boolean = remembered((value) => {
  if (isInvented(value)) return true;
  const letters = lettersOf(value);
  if (value.length <= 48 && (isStandIn(value) || saysMeant(value, letters))) return true;
  if (sayWhatTheyAre(value, letters)) return true;
  if ((letters.kinds & JOIN) !== 0 && /^[a-z]+(?:_[a-z]+)*_(?:id|key|token|secret|password|name|file)$/i.test(value)) return true;
  return /^(?:(.)\1*|[0-9]{1,5}|0?123456[0-9]*|(?:password|passwd|secret|token|test|pass|key|abc|foo|bar|admin|root)[_-]?[0-9]{0,4}!?|.{0,2})$/i.test(
    value,
  );
});

/**
 * What may stand between the name of a provider and its credential. Written for the ways in which people assign, pass and
 * configure keys, and against the hashes, commits and identifiers that have the same shape:
 *
 * - on the same line, with an opener right before the value: `=`, `:`, `(`, `,`, `>`, `|`, or a word such as "key" or "Bearer"
 *   and a space;
 * - after a comma or a semicolon, or on one of the next two lines, only when a name of no particular owner ("api_key", "value",
 *   "Authorization") is given there: another owner's name there makes it that owner's credential;
 * - never right after `/`, `@`, `#`, `.`, `-`, and never when the last name before it is that of a hash or an identifier.
 *
 * Every part is bounded, and no two unbounded choices stand beside each other, so that a failing attempt costs some hundred steps.
 */

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const anyOf = (words: string): string => `(?:${words.split(' ').map(anyCase).join('|')})`;

const SHORT = 5;

/** A keyword in any case and with any separators; a short one only as a word of its own, or as a part of a camel-cased name. */
export function spelled(keyword: string): string {
  const literal = keyword.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const separated = (text: string): string => text.replace(/_/g, '[_. -]?');
  if (keyword.length > SHORT || !/^[a-z][a-z0-9]*$/.test(keyword)) return separated(anyCase(literal));
  const capital = literal.charAt(0).toUpperCase() + literal.slice(1);
  const goesOn = `(?![a-z])|(?=${anyOf('key api token secret auth')})`;
  return `(?:(?<![A-Za-z])${literal}(?:${goesOn})|(?<![A-Z])${capital}(?:${goesOn})|(?<![A-Za-z])${literal.toUpperCase()}(?:(?![A-Z])|(?=KEY|API|TOKEN|[A-Z][a-z])))`;
}

const CREDENTIAL = anyOf('key token secret passwd password auth bearer basic credential credentials login pat');

/** A name that anybody's credential could have, whole. */
const GENERIC =
  `(?<![A-Za-z0-9_])(?:[xX][-_])?(?:${anyOf('api access secret auth private service user personal bearer client subscription master admin xi')}[-_ ]?){0,2}` +
  `${anyOf('key token secret authorization password passwd value default credential credentials bearer auth string pat')}(?![A-Za-z0-9_])`;

/** Right before the value or its quote. */
const OPEN =
  '(?:[=:(,>[{][ \\t]{0,8}' +
  '|\\|[ \\t]{1,8}' +
  '|(?:[ \\t]-u|--user)[ \\t=]{1,2}' +
  '|[=(,:][ \\t]{0,4}\\\\?\\r?\\n[ \\t]{0,32}(?=\\\\{0,3}["\'`])' +
  '|[|>]-?\\r?\\n[ \\t]{1,32}' +
  `|${CREDENTIAL}["'\\\\]{0,3}(?:[ \\t]{1,4}(?:is|was|to|of))?[^A-Za-z0-9_\\r\\n,;]{1,6})`;

const NAMED = `${GENERIC}(?:[^,;\\r\\n]{0,12}?${OPEN}|["'\\\\]{0,3}[ \\t]{1,4})`;
const SAME_LINE = `[^,;\\r\\n]{0,64}?${OPEN}`;
const AFTER_COMMA = `[^,;\\r\\n]{0,64}[,;][^\\r\\n]{0,48}?${NAMED}`;
const NEXT_LINES = `[^\\r\\n]{0,72}\\r?\\n(?:[^\\r\\n]{0,48}[^\\r\\n:{[(]\\r?\\n)?[^\\r\\n]{0,24}?${NAMED}`;
const QUOTE = '(?:[bBfFrRuU]{0,2}\\\\{0,3}["\'`]{1,3})?';

/** Source of a regular expression: from the end of the keyword to the beginning of the value. */
export const between = `(?:${SAME_LINE}|${AFTER_COMMA}|${NEXT_LINES})${QUOTE}(?<![A-Za-z0-9_+/@#.-])`;

/** Most bytes of `between`. */
export const BETWEEN_MOST = 320;

const HASH = `${anyOf('sha md5 hash commit revision checksum digest integrity etag fingerprint uuid guid')}-?[0-9]{0,3}(?:sum|[_-]?${anyOf('id sha hash')})?`;
const IDENTIFIER = '[_-][iI][dD]|[a-z]Id|[^A-Za-z][iI][dD]';
const FILE =
  '\\.(?:pyi?|ipynb|[cm]?[jt]sx?|json|ya?ml|md|rst|go|rs|java|rb|txt|toml|lock|whl|t?gz|zip|tar|gguf|safetensors|bin|pt|onnx|html|css|svg|png)';

/** The last name before the value is not that of a hash, an identifier or a file. */
export const NOT_AN_ID = `(?<!(?:${HASH}|${IDENTIFIER}|${FILE})["'\\\\\\]]{0,4}[ \\t]{0,4}[=:(,>|][ \\t]{0,4}\\\\{0,3}["'\`]?)`;

/** Whether the text before a value says that a credential follows. */
export function saysKey(before: string): boolean {
  return /key|token|secret|passw|auth|bearer|credential|api|client|login|pat\b|\([^)]{0,4}$/i.test(before);
}

/**
 * What may stand between the name of a provider and its credential. Written for the ways in which people assign, pass and
 * configure keys, and against the hashes, commits and identifiers that have the same shape:
 *
 * - on the same line, with an opener before the value: `=`, `:`, `(`, `,`, `>`, `|`, or a word such as "key" or "Bearer" and a
 *   space;
 * - after a comma or a semicolon, or on one of the next two lines, only when a name of no particular owner ("api_key", "value",
 *   "Authorization") begins there: another owner's name there makes it that owner's credential;
 * - never right after `/`, `@`, `#`, `.` or `-`, and not as what a list of files says of a file. Names of hashes and of
 *   identifiers are left to the judge.
 *
 * Every part is bounded. A failing attempt costs some hundred steps; the source is kept short because compiling it, for each
 * provider that a text names, costs more than running it.
 */

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const anyOf = (words: string): string => `(?:${words.split(' ').map(anyCase).join('|')})`;

const SHORT = 5;

/** Whether a keyword is one that must be a word of its own, or a part of a camel-cased name. */
export const mustStandAlone = (keyword: string): boolean => keyword.length <= SHORT && /^[a-z][a-z0-9]*$/.test(keyword);

/** A keyword in any case and with any separators; a short one only as a word of its own, or as a part of a camel-cased name. */
export function spelled(keyword: string): string {
  const literal = keyword.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const separated = (text: string): string => text.replace(/_/g, '[_. -]?');
  if (!mustStandAlone(keyword)) return separated(anyCase(literal));
  const capital = literal.charAt(0).toUpperCase() + literal.slice(1);
  const goesOn = `(?![a-z])|(?=${anyOf('key api token secret auth')})`;
  return `(?:(?<![A-Za-z])${literal}(?:${goesOn})|(?<![A-Z])${capital}(?:${goesOn})|(?<![A-Za-z])${literal.toUpperCase()}(?:(?![A-Z])|(?=KEY|API|TOKEN|[A-Z][a-z])))`;
}

/** The beginning of a name that anybody's credential could have. */
const GENERIC = `(?<![A-Za-z0-9_])(?:[xX]-)?${anyOf(
  'api access secret auth private service user personal bearer client subscription master admin xi key token passw value default credential string pat',
)}`;

const CREDENTIAL =
  '(?:[kK]ey|KEY|[tT]oken|TOKEN|[sS]ecret|SECRET|[pP]assword|PASSWORD|[aA]uth|[bB]earer|BEARER|[bB]asic|login|credentials?|PAT|pat|-u|--user)';
const OPEN = `(?:[=:(,>[{]|<-|[|?](?= )|[oO][rR](?= )|--(?:body|value)(?=[ =])=?|${CREDENTIAL}["'\\\\]{0,2}(?: is| was| to)?(?=[ \\t]))[ \\t-]{0,8}(?:\\\\?\\r?\\n[ \\t]{1,32}|(?<=:[ \\t]{0,2})\\r?\\n)?`;

const AFTER_COMMA = '[^,;\\r\\n]{0,64}[,;][^\\r\\n]{0,48}?';
const NEXT_LINES = '[^\\r\\n]{0,72}\\r?\\n(?:[^\\r\\n]{0,48}[^\\r\\n:{[(]\\r?\\n)?[^\\r\\n]{0,40}?';
const QUOTE = '(?:[bBfFrRuU]{0,2}\\\\{0,3}["\'`]{1,3})?';
const FILE =
  '(?<!\\.(?:py|ipynb|[jt]sx?|json|ya?ml|md|go|whl|gz|zip|gguf|safetensors|bin|pt|onnx)["\'\\\\]{1,2}: {0,4}["\'\\\\]{1,2})';

/** A value does not begin in the middle of a word, a path or an address. */
export const NOT_BEFORE = '(?<![A-Za-z0-9_+/@#.-])';

/** Source of a regular expression: from the end of the keyword to the beginning of the value. */
export const between = `(?:(?:${AFTER_COMMA}|${NEXT_LINES})(?=${GENERIC}))??[^,;\\r\\n]{0,64}?${OPEN}${QUOTE}${NOT_BEFORE}${FILE}`;

/** Most bytes of `between`. */
export const BETWEEN_MOST = 320;

/** Whether the text before a value says that a credential follows. */
export function saysKey(before: string): boolean {
  return /key|token|secret|passw|auth|bearer|credential|api|client|login|pat\b|\([^)]{0,4}$/i.test(before);
}

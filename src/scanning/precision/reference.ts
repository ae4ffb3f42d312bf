import type { Candidate } from './candidate.ts';
import { lettersOf, SIGN } from './letters.ts';
import { isInUrl } from './name.ts';
import { isIdentifier, isRandomBase64 } from './randomness.ts';
import { remembered } from './remembered.ts';
import { wordPart } from './words.ts';

/** The value itself names something that is filled in or fetched later. */
const TEMPLATE =
  /\$\{|\{\{|\}\}|<%|%>|#\{|\$\(|%\(\w+\)|%%\w|^\$[A-Za-z_]\w*(?![\w$])|^%[\w.]+%$|^@{1,2}[\w.-]+@{1,2}$|^@@\w+@@|^![A-Za-z]{1,24}$|^__\w+__$|^\[\[|^\(\(|^\{[\w.[\]'":!() -]*\}$|^&[a-z]\w*$|^:|^%[sdrv]$|^\{[0-9]?\}$|^\\u\d|^\*[A-Za-z_]+$/;
/** Addresses in stores of secrets and elsewhere. */
const ADDRESS =
  /^(?:arn:|vault:|op:|ssm:|akv:|env:|file:|aws:|gcp:|azure:|sm:|secretsmanager:|keyring:|bw:|doppler:|https?:|s3:|gs:|wss?:|urn:|mailto:|data:|projects\/[^/]+\/secrets|secret\/|kv\/|resolve:|ref\+|ENC[[(]|AQICA|Ci[QU]A[\w+/]{80}|gAAAAA[\w-]{50}|U2FsdGVkX1|\{cipher\}|AES256:|crypto:|!(?:encrypted|vault|ref|getatt|sub|env|secret)(?:$|\W)|\$ANSIBLE|@Microsoft|#\/|\/(?:var|run|etc|home|usr|opt|tmp|mnt|proc|srv|secrets|workspace)\/|\.{1,2}\/|~\/|[A-Za-z]:\\)/i;
/** First words of an expression that fetches. */
const OBJECT =
  /^(?:os|process|env|environ|config|configs|configuration|settings|self|this|super|args|opts|opt|options|params|kwargs|request|req|res|response|ctx|context|vars?|data|local|module|secrets?|vault|inputs?|github|props|state|cfg|conf|app|rails|system|environment|deno|import|st|flags|user|account|credentials?|creds|client|session|auth|provider|job|form|body|values?|payload|parameters?|properties|input|sys|sh|new|await|get|load|read|fetch|decrypt|generate|random|crypto|uuid|base64|hash|hashlib|bcrypt|string|str|int|bool|bytes|optional|type|typeof|null|none|nil|undefined|true|false)(?:[.[(:?!]|->|\b$)/i;

/** The literal is the argument of a call that fetches what it names. */
const LOOKUP =
  /(?:getenv\w*|environ(?:\.get|\.pop)?|get_?env\w*|lookup_?env\w*|env\.(?:get|fetch|str|var|string)|env::var(?:_os)?|get_?(?:secret|param|parameter|password|credential|config|variable|token|key|value|property)\w*|(?<![A-Za-z])(?:fetch|read|load|retrieve|resolve|access|find|decrypt)_?(?:secret|param|password|credential|token|key)\w*|getpass|raw_input|readline|secretref\w*|secret_?(?:id|name|key)|valuefrom|secrets(?:\.get)?|config(?:\.get)?|settings(?:\.get)?|variable\.get|query_?selector(?:all)?|getelementbyid|find_elements?\w*|(?:logger|log|console|logging)\.\w+|add_argument)\s{0,2}[([]\s{0,4}[fFrRbBuU]?\\?["'`]$/i;
/** Calls with short names: as whole words only. */
const SHORT_LOOKUP =
  /(?<![A-Za-z0-9])(?:_|t|by\.\w+|env|credentials|input|prompt|ask|hiera|lookup|setting|property|get(?:string|property|_or)?|has|contains?|includes|starts_?with|del|delete|pop|remove|unset|getitem|headers|select|locator|placeholder|label|text|i18n|gettext|translate|print|println|printf|echo|log|raise|error|exception|help|description|title|message|metavar|dest)\s{0,2}[([]\s{0,4}[fFrRbBuU]?\\?["'`]$/i;

/** Begins what encloses the value: an address of which it is a part, a template. */
const ENCLOSED = /^[\^(]{0,2}(?:arn:|did:|\{\{|\$\{|vault:|op:|ssm:|projects\/|@Microsoft|secretsmanager:|\$\(|<%)/;

const DOTTED = /^[A-Za-z_]{2,}(?:(?:\.|->|::|\?\.)[A-Za-z_]\w*)+$/;

/** The end of both, asked first: it is seldom there. */
const CALL = /[([]\s{0,4}[fFrRbBuU]?\\?["'`]$/;

const QUOTE = /["'`]/;
/** Files of languages in which an unquoted word is a name. */
const CODE =
  /\.(?:py|pyi|pyx|ipynb|js|mjs|cjs|jsx|ts|mts|cts|tsx|java|kt|kts|scala|sc|go|rs|c|cc|cpp|cxx|h|hpp|hh|cs|vb|fs|rb|php|pl|pm|r|jl|swift|m|mm|lua|dart|ex|exs|erl|hs|clj|groovy|gradle|vue|svelte|sql|ps1|psm1|nix|tf|hcl|html?|xhtml|jsp|css|scss|less|proto|graphql|cmake|bzl|zig|ml|el)$/i;

/** Whether a file of this name is a program; in one, what stands without quotes is no literal. */
export const isCode = (path: string): boolean => CODE.test(path);

export const isQuoted = ({ before, after }: Candidate): boolean =>
  QUOTE.test(before.slice(-1)) && (QUOTE.test(after.charAt(0)) || after.charAt(0) === '\\');

/** Whether a quote is open on the line: what follows is part of a string, though no quote stands beside it. */
function isInString(before: string): boolean {
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.length - 120) + 1);
  const count = (quote: string): number => line.split(quote).length - 1;
  return count('"') % 2 === 1 || count("'") % 2 === 1 || count('`') % 2 === 1;
}

/** Without quotes in a program: a name, unless it is too long and too odd for one. */
const isVariable = (value: string): boolean =>
  /^[A-Za-z_][\w-]*$/.test(value) &&
  !/[0-9][a-z][0-9]|[a-z][0-9]{2,}[a-z]/i.test(value) &&
  (wordPart(value) >= 0.3 || isIdentifier(value) || /^[A-Za-z_]{1,15}[0-9]?$/.test(value));

/** `setSecretKey("...")`: a call that takes the secret itself. */
const SETTER = /(?<![A-Za-z])(?:set|with)(?:_[a-z]|[A-Z])\w{0,60}\s{0,2}\(\s{0,4}\\?["'`]$/;

const isLookup = (before: string): boolean =>
  CALL.test(before.slice(-8)) &&
  (LOOKUP.test(before.slice(-80)) || SHORT_LOOKUP.test(before.slice(-40))) &&
  !(SETTER.test(before.slice(-80)) && !/env/i.test(before.slice(-24)));

/** A setting as shells, YAML and `.env` files write it, which cells of notebooks hold as well: the name, and its value to the end. */
const SETTING = /^\s*(?:[!%#]?\s?(?:export|set|env|ENV|ARG|const)\s|[-*]\s|[!%]\w+\s)?[\w.-]+(?:=| ?:?= ?|: )$/;

/** `--password x`, `ENV PASSWORD x`. */
const OPTION = /(?:^|\s)(?:--[\w-]{2,40}[ =]|ENV \w{1,60} )$/;

/** `docker run -e PASSWORD=x`, `--from-literal=password=x`, `host=a password=x`, `Database=a;Password=x`. */
const VARIABLE = /(?:^|\s)[A-Z][A-Z0-9_]{2,}=$|--[\w-]+[= ][\w.-]+=$|(?:^|\s)\w+=[^\s,(]+ \w+=$|;[A-Za-z ]+=$/;

/** No name and no expression of a program: `9a4a55-...`, `x!`. */
const NO_EXPRESSION = /^[0-9]+[A-Za-z][\w-]*$|[!?]$/;

/** Whether an unquoted value is a literal, though the file is a program: a notebook's cell may hold any text. */
function isLineOfSettings({ detector, value, before, after, setting }: Candidate): boolean {
  if (!setting.path.endsWith('.ipynb')) return false;
  if (NO_EXPRESSION.test(value) || after.startsWith('</')) return true;
  if (detector.family === 'configuration-files' && /[^=:,( ] $|\w:$/.test(before.slice(-4))) return true;
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.length - 120) + 1);
  return OPTION.test(line) || VARIABLE.test(line) || (SETTING.test(line) && /^[ \t]*(?:[\r\n]|$)/.test(after));
}

/** Whether the value stands without quotes where a program would name something. */
export const isBareInCode = (candidate: Candidate): boolean =>
  isCode(candidate.setting.path) &&
  !isQuoted(candidate) &&
  !isInString(candidate.before) &&
  !isInUrl(candidate) &&
  !isLineOfSettings(candidate);

/** What stands before the value without a gap. */
function joined(before: string): string {
  let start = before.length;
  while (start > 0 && before.length - start < 100 && !/[\s"'`=>]/.test(before.charAt(start - 1))) start -= 1;
  return before.slice(start);
}

/** `config.get_value(`, `auth[0]`, `the struct.` */
const EXPRESSION = /^[A-Za-z_]\w*(?:(?:\.|->|::)\w+)*(?:[([]|\.$)/;

/** Whether the value alone is a template, an address or a path. */
const saysWhere = remembered((value) => {
  if ((lettersOf(value).kinds & SIGN) !== 0 && TEMPLATE.test(value)) return true;
  return ADDRESS.test(value) || (value.startsWith('/') && wordPart(value) >= 0.4 && !isRandomBase64(value));
});

/** Whether the value says where the secret is, rather than being it. */
export function isReference(candidate: Candidate): boolean {
  const { value, before, after } = candidate;
  if (saysWhere(value)) return true;
  if (candidate.detector.kind === 'generic' && ENCLOSED.test(joined(before))) return true;
  if (/^<(?!\/|\w{1,2}>|br|td|span|div|code|pre)/.test(after)) return true;
  if (/^[?+]/.test(value) && /\$\{\w{1,60}:?$/.test(before.slice(-64))) return true;
  if (/[>"'=]\{$/.test(before.slice(-2)) && after.startsWith('}')) return true;
  const open = before.slice(-4);
  if (/(?:\bENC\(|\$\{?|[#%]\{|\{\{\s?|%\(|<%?)$/.test(open)) return true;
  if (isQuoted(candidate)) return isLookup(before);
  if (/[\s=(,[:]$/.test(before) && isBareInCode(candidate)) {
    if (isVariable(value) || EXPRESSION.test(value)) return true;
  }
  if (OBJECT.test(value) || /^[([]/.test(after) || /^\.[A-Za-z_]\w*[.(]/.test(after)) return true;
  return DOTTED.test(value) && (value.length < 16 || wordPart(value) >= 0.4);
}

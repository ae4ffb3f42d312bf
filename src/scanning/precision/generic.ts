import { readableIn } from './base64.ts';
import type { Candidate, Verdict } from './candidate.ts';
import { namesCredential } from './credential-name.ts';
import type { FileClass } from './file-context.ts';
import { lettersOf, SIGN } from './letters.ts';
import { isHarmlessName, matchedName, wordsOf } from './name.ts';
import { isInvented } from './placeholder.ts';
import { isChosen, isIdentifier, isRandom, isRandomBase64, isWordAndNumber, looksOf } from './randomness.ts';
import { isOfRecord } from './record-key.ts';
import { isBareInCode, isCode, isQuoted } from './reference.ts';
import { remembered } from './remembered.ts';
import { wordPart } from './words.ts';

/** Shapes that are never a password by themselves, without a sign in them and with one. */
const NO_SECRET = /^\d+$|^0x(?:[0-9a-f]{1,20}|[0-9a-f]{40})$/i;
const SIGNED_NO_SECRET =
  /^[\d.,:+-]+$|^\d{4}-\d\d-\d\d|^v?\d+\.\d+(?:\.[\w.-]+)?$|^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$|^(?:[\w-]+\/){2,}[\w.-]+$|^[\w*-]+(?:\.[a-z*][\w*-]*){2,}$|^[\w.-]+\.(?:py|js|ts|json|ya?ml|txt|pem|key|crt|cfg|ini|sh|md|html|php|java|go|com|org|net|io|local|internal)(?::\d+)?(?:\/\S*)?$|^[\w./=-]+\.(?:parquet|csv|gz|zip|tar|pt|bin|onnx|h5|png|jpg|json|txt|html)$|^#[0-9a-f]{3,8}$|^0x[0-9a-f_]{1,20}$|^\w+\[\w+\]$|\[(?:\^|a-z|0-9|A-Z)|\(\?|^a-zA-Z|^A-Za-z|^a-z0-9|^[a-z]+:\/\/|^AWS4-HMAC|^css-|^[A-Za-z]+_[A-Za-z]+__[A-Za-z0-9_-]{5,8}$|[\x80-\xff]/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXPRESSION = /[()[\]{}]|^[A-Za-z_]{1,24}=(?!=?$)|=>|->|&&|\|\||::|\+=|==|;$/;
const OPERATOR = /^[-+*/|&!?:=]/;

/** Identifiers that interfaces give out, by their beginnings: of payments, of messages and runs of models. */
const IDENTIFIER =
  /^(?:evt|cus|price|prod|sub|pi|seti|pm|acct|asst|thread|run|msg|file|org|proj|call|toolu|chatcmpl|req|resp|vs|batch|ftjob)[_-][A-Za-z0-9]{14,64}$/;

/** Keys that browsers are given to read or to write events with: of payments, of analytics, of maps. */
const PUBLIC_KEY = /^(?:pk_(?:live|test)_[A-Za-z0-9]{10,200}|phc_[A-Za-z0-9]{30,64}|pk\.eyJ[\w.-]{20,400})$/;

/** `C-S-f12`, `ctrl+shift+t`: keys on a keyboard. */
const CHORD = /^(?:(?:[CSMA]|ctrl|control|shift|alt|opt|option|cmd|meta|super|win)[-+]){1,4}[a-z0-9]{1,10}$/i;

/** `"AWS::CodeBuild::SourceCredential": "`: the name of a type. */
const TYPE_NAME = /\w::\w{1,60}["'`]\s{0,4}[:=]\s{0,4}["'`]$/;

/** Amino acids: all letters of the alphabet but six. */
const PROTEIN = /^[ACDEFGHIKLMNPQRSTVWY]{24,}$/;

const isNoSecret = (value: string): boolean =>
  NO_SECRET.test(value) || ((lettersOf(value).kinds & SIGN) !== 0 && (SIGNED_NO_SECRET.test(value) || CHORD.test(value)));

const hasOtherShape = remembered(
  (value) =>
    (!isRandomBase64(value) && isNoSecret(value)) || IDENTIFIER.test(value) || PUBLIC_KEY.test(value) || PROTEIN.test(value),
);

/** Said before an example: the prompt of Python's doctests, and the realm of HTTP's. */
const EXAMPLE = /\bfor example\b|\be\.g\.|>>> |="Example"/i;

/** Words of names that people's own passwords stand under. */
const CHOSEN = /pass|pwd|secret|credential|^auth$|basicauth|login$/;

const namesPassword = (name: string): boolean => /pass(?:w(?:or)?d|phrase)?$|pwd$/.test(wordsOf(name).at(-1) ?? '');

/** Whether the name is that of a credential: what most matches fail, and asked first since names are much the same in a text. */
export function isUnderCredentialName(candidate: Candidate): boolean {
  const name = matchedName(candidate);
  return !isHarmlessName(name) && namesCredential(name, candidate.value) && !isOfRecord(candidate, name);
}

/** A value in nobody's shape under the name of a credential: by its name, and by whether it looks like something made by chance or chosen as a password. */
export function judgeGeneric(candidate: Candidate, file: FileClass): Verdict | undefined {
  const { value } = candidate;
  const name = matchedName(candidate);
  const random64 = isRandomBase64(value);
  if (hasOtherShape(value)) return undefined;
  if (TYPE_NAME.test(candidate.before.slice(-100))) return undefined;
  const quoted = isQuoted(candidate);
  const bare = isBareInCode(candidate);
  const numbered = isWordAndNumber(value) && namesPassword(name);
  if (isIdentifier(value) && !numbered) return undefined;
  if (!quoted && !random64 && isExpression(candidate)) return undefined;
  if (file === 'generated') return undefined;
  const aside = file === 'test' || file === 'example';
  if (UUID.test(value)) return aside || bare ? undefined : low(name, 'a UUID under the name of a secret');
  const looks = looksOf(value);
  if (isRandom(value, looks)) {
    if (isPlainTextInBase64(value)) return undefined;
    if (file === 'test') return low(name, 'looks random, in a test file');
    if (aside || EXAMPLE.test(candidate.before.slice(-160))) return low(name, 'looks random, in an example');
    return { confidence: 'medium', reasons: [assigned(name), 'looks random'] };
  }
  if (aside || bare || !CHOSEN.test(wordsOf(name).join('')) || !isChosen(value, looks)) return undefined;
  return low(name, 'looks like a chosen password');
}

/** Whether an unquoted value computes something; `*x` and `!x` are references in YAML, but not before a value made by chance. */
function isExpression({ value, before, setting }: Candidate): boolean {
  if (EXPRESSION.test(value) || /[(,]\s{0,4}$/.test(before.slice(-5))) return true;
  return OPERATOR.test(value) && (value.length < 12 || isCode(setting.path) || !isRandom(value, looksOf(value)));
}

/** `dXNlcm5hbWU6cGFzc3dvcmQ=` is no more secret than what it says. */
function isPlainTextInBase64(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{12,}={0,2}$/.test(value)) return false;
  const text = readableIn(value);
  return text !== undefined && !text.endsWith('\n') && (wordPart(text) >= 0.6 || isInvented(text));
}

const assigned = (name: string): string => (name === '' ? 'assigned as a secret' : `assigned to ${name.slice(0, 40)}`);
const low = (name: string, reason: string): Verdict => ({ confidence: 'low', reasons: [assigned(name), reason] });

import type { Candidate, Verdict } from './candidate.ts';
import { namesCredential } from './credential-name.ts';
import type { FileClass } from './file-context.ts';
import { isHarmlessName, matchedName, wordsOf } from './name.ts';
import { isInvented } from './placeholder.ts';
import { isChosen, isIdentifier, isRandom, isRandomBase64, isWordAndNumber, looksOf } from './randomness.ts';
import { isBareInCode, isCode, isQuoted } from './reference.ts';
import { wordPart } from './words.ts';

/** Shapes that are never a password by themselves. */
const NO_SECRET =
  /^[\d.,:+-]+$|^\d{4}-\d\d-\d\d|^v?\d+\.\d+(?:\.[\w.-]+)?$|^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$|^(?:[\w-]+\/){2,}[\w.-]+$|^[\w*-]+(?:\.[a-z*][\w*-]*){2,}$|^[\w.-]+\.(?:py|js|ts|json|ya?ml|txt|pem|key|crt|cfg|ini|sh|md|html|php|java|go|com|org|net|io|local|internal)(?::\d+)?(?:\/\S*)?$|^[\w./=-]+\.(?:parquet|csv|gz|zip|tar|pt|bin|onnx|h5|png|jpg|json|txt|html)$|^#[0-9a-f]{3,8}$|^0x(?:[0-9a-f_]{1,20}|[0-9a-f]{40})$|^\w+\[\w+\]$|\[(?:\^|a-z|0-9|A-Z)|\(\?|^a-zA-Z|^A-Za-z|^a-z0-9|^[a-z]+:\/\/|^AWS4-HMAC|^css-|^[A-Za-z]+_[A-Za-z]+__[A-Za-z0-9_-]{5,8}$|[\x80-\xff]/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXPRESSION = /[()[\]{}]|^[A-Za-z_]{1,24}=(?!=?$)|=>|->|&&|\|\||::|\+=|==|;$/;
const OPERATOR = /^[-+*/|&!?:=]/;

/** Identifiers that interfaces give out, by their beginnings: of payments, of messages and runs of models. */
const IDENTIFIER =
  /^(?:evt|cus|price|prod|sub|pi|seti|pm|acct|asst|thread|run|msg|file|org|proj|call|toolu|chatcmpl|req|resp|vs|batch|ftjob)[_-][A-Za-z0-9]{14,64}$/;

/** `"AWS::CodeBuild::SourceCredential": "`: the name of a type. */
const TYPE_NAME = /\w::\w{1,60}["'`]\s{0,4}[:=]\s{0,4}["'`]$/;

/** Amino acids: all letters of the alphabet but six. */
const PROTEIN = /^[ACDEFGHIKLMNPQRSTVWY]{24,}$/;

/** Said before an example: the prompt of Python's doctests, and the realm of HTTP's. */
const EXAMPLE = /\bfor example\b|\be\.g\.|>>> |="Example"/i;

/** `redisKey = "auth:token:`: the value is the end of a key that is written with colons. */
const PART_OF_KEY = /[kK][eE][yY]["']?\s?:?[=:]\s?["'`](?:[A-Za-z_][\w.-]{0,30}:)+$/;

/** Words of names that people's own passwords stand under. */
const CHOSEN = /pass|pwd|secret|credential|^auth$|basicauth|login$/;

const namesPassword = (name: string): boolean => /pass(?:w(?:or)?d|phrase)?$|pwd$/.test(wordsOf(name).at(-1) ?? '');

/** A value in nobody's shape: by its name, and by whether it looks like something made by chance or chosen as a password. */
export function judgeGeneric(candidate: Candidate, file: FileClass): Verdict | undefined {
  const { value } = candidate;
  const name = matchedName(candidate);
  const random64 = isRandomBase64(value);
  if (isHarmlessName(name) || (!random64 && NO_SECRET.test(value)) || IDENTIFIER.test(value) || PROTEIN.test(value))
    return undefined;
  if (
    !namesCredential(name, value) ||
    PART_OF_KEY.test(candidate.before.slice(-100)) ||
    TYPE_NAME.test(candidate.before.slice(-100))
  )
    return undefined;
  if (isKeyOfData(candidate, name) || isOfDataset(candidate, name) || isNamed(candidate, name)) return undefined;
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

/** `key=` alone is the key of a record, a cache or a message, unless something near speaks of credentials. */
function isKeyOfData({ value, before }: Candidate, name: string): boolean {
  const words = wordsOf(name);
  if (!/^keys?$/.test(words.at(-1) ?? '') || words.some((word) => /secret|api|private|sign|crypt|auth/.test(word))) return false;
  if (NAMED_HASH.test(value)) return true;
  return (
    /^(?:data-)?keys?$/i.test(name) &&
    (/^[0-9a-f-]{16,64}$/i.test(value) ||
      AFTER_ID.test(before.slice(-100)) ||
      !/secret|passw|credential|\bapi|auth|login|(?<![a-z])token(?![s_])|crypt|sign|client|user|account|endpoint/i.test(
        before.slice(-160),
      ))
  );
}

/** `"token"` of a table whose rows point at each other, as those of nuScenes do. */
const isOfDataset = ({ value, before, after }: Candidate, name: string): boolean =>
  name === 'token' &&
  /^[0-9a-f]{32}$/.test(value) &&
  /"(?:prev|next|timestamp|(?:scene|sample|log|category|instance|map)_token)":/.test(before + after);

/** `secret "x-7f9" mounted`, `Mountable secrets: x-7f9`: names of Kubernetes objects that hold secrets. */
function isNamed({ value, match, valueAt }: Candidate, name: string): boolean {
  if (!/^[a-z0-9]+(?:[-.][a-z0-9]+)+$/.test(value)) return false;
  return /^(?:secret|token|key)s? ["'`]$/i.test(match.slice(0, valueAt)) || /(?:secret|token|key|credential)s$/i.test(name);
}

/** `{"id": "...", "key": "`: a record. */
const AFTER_ID =
  /["']?(?:_id|id|uuid|type|rank|score)["']?\s?[:=]\s?["']?[\w-]{1,40}["']?,\s{0,8}["']?keys?["']?\s?[:=]\s?["']?$/;

/** `pip-0123...`, `step_12-0123...`: a hash with a name before it. */
const NAMED_HASH =
  /^(?:[A-Za-z0-9._]{1,24}[-_:/.@]){1,6}(?:[0-9a-f]{12,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$|^(?:[a-z][a-z0-9_]{1,24}:){1,6}[\w/+=-]{8,128}$/;

/** Whether an unquoted value computes something; `*x` and `!x` are references in YAML, but not before a value made by chance. */
function isExpression({ value, before, setting }: Candidate): boolean {
  if (EXPRESSION.test(value) || /[(,]\s{0,4}$/.test(before.slice(-5))) return true;
  return OPERATOR.test(value) && (value.length < 12 || isCode(setting.path) || !isRandom(value, looksOf(value)));
}

/** `dXNlcm5hbWU6cGFzc3dvcmQ=` is no more secret than what it says. */
function isPlainTextInBase64(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{12,}={0,2}$/.test(value)) return false;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) && (wordPart(text) >= 0.6 || isInvented(text));
}

const assigned = (name: string): string => (name === '' ? 'assigned as a secret' : `assigned to ${name.slice(0, 40)}`);
const low = (name: string, reason: string): Verdict => ({ confidence: 'low', reasons: [assigned(name), reason] });

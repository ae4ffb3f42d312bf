import type { Candidate } from './candidate.ts';
import { namesCredential } from './credential-name.ts';
import { isHarmlessName, wordsOf } from './name.ts';

/** Whether a key or token is that of a record, a cache or a dataset, by its own form and by what stands beside it. */
export const isOfRecord = (candidate: Candidate, name: string): boolean =>
  isKeyOfData(candidate, name) ||
  PART_OF_KEY.test(candidate.before.slice(-200)) ||
  isTokenOfData(candidate, name) ||
  isNameOfSecret(candidate, name);

/** `pip-0123...`, `step:12-0123...`, `user:a:b`: a hash or an identifier with names before it. */
const NAMED_HASH =
  /^(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[A-Za-z]{2,24}[0-9]{0,6}[-_:/.@]{1,2}(?:[A-Za-z0-9]{1,24}[-_:/.@]{1,2}){0,5}(?:[0-9a-f]{12,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$|^(?:[a-z][a-z0-9_]{1,24}:){1,6}[\w/+=-]{8,128}$/;
const HEX = /^[0-9a-f-]{16,64}$/i;

/** `redisKey = "auth:token:`: the value is the end of a key that is written with colons. */
const PART_OF_KEY = /[kK][eE][yY]["']?\s?:?[=:]\s?["'`](?:[A-Za-z_][\w.-]{0,30}:){1,6}$/;
/** `{"id": "...", "key": "`: a record. */
const AFTER_ID =
  /["']?(?:_id|id|uuid|type|rank|score)["']?\s?[:=]\s?["']?[\w-]{1,40}["']?,\s{0,8}["']?keys?["']?\s?[:=]\s?["']?$/;
/** The name in a property list, where every name is a `key`. */
const LISTED = /<key>([\w.-]{1,60})<\/key>\s{0,24}<string>$/;
const OF_CREDENTIALS =
  /secret|passw|credential|\bapi|auth|login|(?<![a-z])token(?![s_])|crypt|sign|client|user|account|endpoint/i;

/** `key=` alone is the key of a record, a cache or a message, unless something near speaks of credentials. */
function isKeyOfData({ value, before }: Candidate, name: string): boolean {
  const words = wordsOf(name);
  if (!/^keys?$/.test(words.at(-1) ?? '') || words.some((word) => /secret|api|private|sign|crypt|auth/.test(word))) return false;
  if (NAMED_HASH.test(value)) return true;
  if (!/^(?:data-)?keys?$/i.test(name)) return false;
  const listed = LISTED.exec(before.slice(-120))?.[1];
  if (listed !== undefined) return isHarmlessName(listed) || !namesCredential(listed, value);
  return HEX.test(value) || AFTER_ID.test(before.slice(-100)) || !OF_CREDENTIALS.test(before.slice(-160));
}

const NEIGHBOURS = /"(?:prev|next|timestamp|(?:scene|sample|log|category|instance|map)_token)":/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `token` in tables whose rows point at each other, as those of nuScenes do; `ClientToken` by which AWS knows a request again. */
function isTokenOfData({ value, before, after }: Candidate, name: string): boolean {
  if (name === 'token') return /^[0-9a-f]{32}$/.test(value) && NEIGHBOURS.test(before + after);
  return /^client_?token$/i.test(name) && UUID.test(value);
}

/** `secret "x-7f9" mounted`, `Mountable secrets: x-7f9`: names of Kubernetes objects that hold secrets. */
function isNameOfSecret({ value, match, valueAt }: Candidate, name: string): boolean {
  if (!/^[a-z0-9]+(?:[-.][a-z0-9]+)+$/.test(value)) return false;
  return /^(?:secret|token|key)s? ["'`]$/i.test(match.slice(0, valueAt)) || /(?:secret|token|key|credential)s$/i.test(name);
}

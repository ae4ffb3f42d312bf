import type { Candidate } from './candidate.ts';
import { wordsOf } from './name.ts';
import { remembered } from './remembered.ts';

/** Words that make a name that of a hash, wherever they stand in it. */
const HASHES: ReadonlySet<string> = new Set(
  `sha sha1 sha224 sha256 sha384 sha512 md5 crc32 blake2 blake2b blake3 hash hashes hashed digest digests checksum checksums integrity
  etag fingerprint thumbprint commit commits revision`.split(/\s+/),
);
/** Those that do so as the last word. */
const LAST: ReadonlySet<string> = new Set(
  'rev oid tree parent blob ref sum sri cid interpreter uuid guid version build crc'.split(' '),
);

const ALGORITHM =
  /^(?:sha\d{1,3}|md\d|blake\w{1,3}|crc\d\w*|xxh\w*|murmur\w*|fnv\w*|adler\w*|ripemd\w*|simhash|minhash|phash|[dpaw]hash)$/;

const namesHash = remembered((name) => {
  const words = wordsOf(name);
  return FILE_NAME.test(name) || LAST.has(words.at(-1) ?? '') || words.some((word) => HASHES.has(word) || ALGORITHM.test(word));
});

/** Directly before a hash: `sha256:`, `sha512-`, `git+https://...#`, `@`, `rev = "`. */
const BEFORE_HASH =
  /(?:\bsha-?(?:1|224|256|384|512)\b|\bmd5\b|\bblake[23]b?\b|\bh1:|integrity|checksum|digest|\bcommit\b|\brevision\b|\brev\b|\betag\b|\bhash(?:es)?\b|fingerprint|\bindex [0-9a-f]{7,40}\.\.|\btree\b|\bparent\b|\/(?:commit|tree|blob|raw)\/|\boid\b|@sha|\.git[@#]|\bsha-?\d{1,3} \([\w./-]{1,24}\) |\b(?:checksum|hash|digest|sha256)\/[\w.-]{1,24})(?: value)?["'`\]\s)]{0,4}[:=,@/#-]?[\s:="'`([{]{0,6}(?:sha\d+[:-])?$/i;
/** After one: lines of `sha256sum`. */
const AFTER_HASH =
  /^ refs\/|^[ \t]{1,2}\*?[\w./-]+\.(?:gz|zip|tar|tgz|whl|jar|exe|deb|rpm|dmg|iso|xz|bz2|txt|json|bin|pt|ckpt|safetensors|npz|h5|onnx|pkl|parquet)\b/i;
const HEX_OR_BASE64 = /^(?:[0-9a-f]+|[0-9A-F]+|[A-Za-z0-9+/_-]+={0,2})$/;

/** A list of files and their hashes. */
const FILE_NAME = /\.(?:[cm]?[jt]sx?|py|json|ya?ml|md|html?|css|txt|csv|bin|rs|go|c|h|java|so|dll|exe|whl|png|jpe?g|svg|woff2?)$/;

/** Beginnings of hashes that say so, and of public keys as DER and SSH write them. */
const PUBLIC_VALUE =
  /^(?:sha\d{1,3}[:-]|md5[:-]|h1:|MFkwEwYHKoZI|MHYwEAYHKoZI|MIGbMBAGByqG|MII[A-D][A-Za-z]jANBgkq|MCowBQYDK2V|c3NoLW|LS0tLS1CRUdJTiBDRVJU|LS0tLS1CRUdJTiBQVUJM|iVBORw0KGgo|R0lGOD|\/9j\/4|H4sIA|UEsDB|JVBERi0|AGFzbQ|d09G[RM]|T2dnUw|UklGR|AAAA[A-Z]3NzaC1|AAAA[A-Z]2VjZHNh)/;

/** Of passwords, as `crypt`, Django, Werkzeug, Spring, Jupyter, PostgreSQL, MySQL and LDAP write them: nobody can log in with one. */
const PASSWORD_HASH =
  /^[\w:{}.-]{0,24}\$(?:2[abxy]|[156y]|7|gy|apr1|argon2\w{1,2}|pbkdf2[\w-]*|scrypt|bcrypt[\w-]*|sha\d+|[PHS])\$|^(?:pbkdf2|sha\d|md5|bcrypt|scrypt|argon2|crypt|unsalted)[\w-]*[$:]|^SCRAM-SHA-\d+\$|^\{(?:S?SHA|S?MD5|CRYPT|X-\w+|BCRYPT|ARGON2|PBKDF2|SCRYPT)[\w-]*\}|^md5[0-9a-f]{32}$|^\*[0-9A-F]{40}$|^0x0[12]00[0-9A-F]{40,}$/i;

const MIME = /(?:image|audio|video|font|application)\/[\w.+-]+["']?\s{0,3}[:;,]|data:[\w/+.-]{0,40};base64,|;base64,?/;
const PUBLIC =
  /ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-|BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PGP PUBLIC)|public_?key|publicKey|pubkey|keyserver|recv-keys|\bgpg\b/i;
const LONG_RUN = /[A-Za-z0-9+/]{60,}$/;

/** Fingerprints in our own baselines and reports. */
const OWN_FINGERPRINT = /\b(?:salt|key)-[0-9a-f]{8}:(?:[0-9a-f]{64})?$/;

/** `fix the client (0123...)`, `([0123...](https://...` as change logs cite commits: no quote, and a word before the bracket. */
const isCommitInBrackets = ({ value, before, after }: Candidate): boolean =>
  /^[0-9a-f]{40}$/.test(value) && /[\w)] [([]{1,2}$/.test(before.slice(-4)) && /^[)\]]/.test(after);

const leadsToHash = remembered((before) => {
  const near = before.slice(-100);
  if (BEFORE_HASH.test(near.slice(-32)) || OWN_FINGERPRINT.test(near)) return true;
  const line = near.slice(near.lastIndexOf('\n') + 1);
  return MIME.test(line) || PUBLIC.test(line);
});

const isPublicValue = remembered((value) => OWN_FINGERPRINT.test(value) || PUBLIC_VALUE.test(value) || PASSWORD_HASH.test(value));

/** Whether the value is a hash, an identifier or a piece of something public or binary, by what stands around it. */
export function isHash(candidate: Candidate, name: string): boolean {
  const { value, before, after } = candidate;
  if (namesHash(name) || leadsToHash(before) || isPublicValue(value)) return true;
  if (AFTER_HASH.test(after) && HEX_OR_BASE64.test(value)) return true;
  return isCommitInBrackets(candidate);
}

/** Whether the value is cut out of a long run of base64: an image, a certificate, a compressed blob. */
export function isInsideBlob({ before, after }: Candidate): boolean {
  if (!/[A-Za-z0-9+/]$/.test(before.slice(-1))) return false;
  const run = LONG_RUN.exec(before.slice(-120))?.[0];
  if (run === undefined || !/^[A-Za-z0-9+/]/.test(after)) return false;
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run);
}

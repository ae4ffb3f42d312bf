import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** C2SP signed-note with Ed25519: https://c2sp.org/signed-note */
const ED25519 = 1;
const KEY_HASH_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAX_NOTE_LENGTH = 64 * 1024;
const MAX_SIGNATURES = 16;
const MAX_NAME_LENGTH = 256;
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids them in a note.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f\ufffd]/;

/** A public key and the name it signs under. */
export interface Verifier {
  readonly name: string;
  /** First four bytes of the key's hash, in hex. */
  readonly keyHash: string;
  readonly publicKey: KeyObject;
  /** `name+hash+base64`: how such keys are written down and compared. */
  readonly text: string;
}

export interface Signer {
  readonly verifier: Verifier;
  readonly privateKey: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyHash: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** What was signed: ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Not empty, no white space, no plus sign: what a key may be called. */
function isKeyName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && /^[^\s+]+$/u.test(name) && !FORBIDDEN.test(name);
}

function verifierOf(name: string, raw: Buffer, publicKey: KeyObject): Verifier {
  const typed = Buffer.concat([Buffer.from([ED25519]), raw]);
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer');
  const keyHash = digest.subarray(0, KEY_HASH_BYTES).toString('hex');
  return { name, keyHash, publicKey, text: `${name}+${keyHash}+${typed.toString('base64')}` };
}

/** @param privateKey Ed25519. @throws TypeError for a name that a note cannot hold. */
export function createSigner(name: string, privateKey: KeyObject): Signer {
  if (!isKeyName(name)) throw new TypeError('not a key name');
  const publicKey = createPublicKey(privateKey);
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { verifier: verifierOf(name, raw, publicKey), privateKey };
}

/** Reads `name+hash+base64`; undefined when it is malformed, of another algorithm, or its hash does not fit. */
export function parseVerifier(text: string): Verifier | undefined {
  const [, name, keyHash, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const typed = decodeBase64(encoded, 1 + PUBLIC_KEY_BYTES);
  if (typed?.[0] !== ED25519) return undefined;
  const raw = typed.subarray(1);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const verifier = verifierOf(name, raw, publicKey);
  return verifier.keyHash === keyHash ? verifier : undefined;
}

/** @param text lines of the note, each ended by a newline. */
export function signNote(text: string, signer: Signer): string {
  const { name, keyHash } = signer.verifier;
  const signature = Buffer.concat([Buffer.from(keyHash, 'hex'), sign(null, Buffer.from(text), signer.privateKey)]);
  return `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`;
}

/** Undefined unless it is exactly a text, a blank line and one to sixteen signature lines. */
export function parseNote(note: string): SignedNote | undefined {
  if (note.length > MAX_NOTE_LENGTH || FORBIDDEN.test(note) || !note.endsWith('\n')) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 1) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
    if (name === undefined || bytes === undefined || bytes.length <= KEY_HASH_BYTES || !isKeyName(name)) return undefined;
    signatures.push({
      name,
      keyHash: bytes.subarray(0, KEY_HASH_BYTES).toString('hex'),
      signature: bytes.subarray(KEY_HASH_BYTES),
    });
  }
  return { text: note.slice(0, end + 1), signatures };
}

/** The first of these keys that signed the note. Signatures by other keys are passed over; a false one by a known key fails. */
export function noteSigner(note: SignedNote, verifiers: readonly Verifier[]): Verifier | undefined {
  let found: Verifier | undefined;
  for (const { name, keyHash, signature } of note.signatures) {
    const verifier = verifiers.find((candidate) => candidate.name === name && candidate.keyHash === keyHash);
    if (verifier === undefined) continue;
    const valid = signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(note.text), verifier.publicKey, signature);
    if (!valid) return undefined;
    found ??= verifier;
  }
  return found;
}

/** Canonical base64 only: one text for one value. */
export function decodeBase64(text: string, length?: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text || (length !== undefined && bytes.length !== length)) return undefined;
  return bytes;
}

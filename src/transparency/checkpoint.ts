import { HASH_BYTES } from './merkle.ts';
import { decodeBase64, noteSigner, parseNote, type SignedNote, type Signer, signNote, type Verifier } from './note.ts';

/** C2SP tlog-checkpoint: https://c2sp.org/tlog-checkpoint. Says which tree of `size` events a log stood at. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** When it was signed, milliseconds since the epoch, from our extension line `time <RFC 3339>`. */
  readonly time: number | undefined;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
  /** The whole note as it stands in a file. */
  readonly text: string;
}

const MAX_LINES = 16;
const TIME = /^time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

export function signCheckpoint(tree: { readonly size: number; readonly root: Buffer }, time: number, signer: Signer): string {
  const { name } = signer.verifier;
  return signNote(`${name}\n${tree.size}\n${tree.root.toString('base64')}\ntime ${new Date(time).toISOString()}\n`, signer);
}

/** Undefined when it is not a well-formed checkpoint; says nothing about who signed it. */
export function parseCheckpoint(text: string): SignedCheckpoint | undefined {
  const note = parseNote(text);
  if (note === undefined) return undefined;
  const [origin, sizeText, rootText, ...extensions] = note.text.slice(0, -1).split('\n');
  if (!origin || sizeText === undefined || rootText === undefined || extensions.length > MAX_LINES) return undefined;
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeText) || extensions.includes('')) return undefined;
  const size = Number(sizeText);
  const root = decodeBase64(rootText, HASH_BYTES);
  if (root === undefined || !Number.isSafeInteger(size)) return undefined;
  const stamp = extensions.map((line) => TIME.exec(line)?.[1]).find((found) => found !== undefined);
  return { origin, size, root, time: stamp === undefined ? undefined : Date.parse(stamp), note, text };
}

/** True when one of these keys signed it under the checkpoint's own origin. */
export function checkpointSigned(checkpoint: SignedCheckpoint, verifiers: readonly Verifier[]): boolean {
  return noteSigner(checkpoint.note, verifiers)?.name === checkpoint.origin;
}

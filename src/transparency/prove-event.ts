import { WatchwordError } from '../foundation/errors.ts';
import { checkpointSigned, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { lineFault } from './event-line.ts';
import { MAX_EVENT_BYTES } from './log-format.ts';
import type { LogReader } from './log-reader.ts';
import { HASH_BYTES, leafHash } from './merkle.ts';
import { decodeBase64, parseVerifier, type Verifier } from './note.ts';
import { inclusionRanges, RangeRoots, verifyInclusion } from './proofs.ts';

const FORMAT = 'watchword-inclusion-proof/1';
const MAX_PROOF_LENGTH = 64;
const INDEX_CHUNK = 8192;

/** Everything that is needed to check, without the log, that an event stands in it. */
export interface InclusionProof {
  readonly format: typeof FORMAT;
  readonly index: number;
  /** The event's line, byte for byte. */
  readonly event: string;
  /** Hashes from the leaf up, base64. */
  readonly proof: readonly string[];
  /** The signed checkpoint whose tree it is. */
  readonly checkpoint: string;
  /** The key in the log's directory that signed it; only worth something when compared with one known otherwise. */
  readonly publicKey: string;
}

export interface ProofVerdict {
  /** Undefined when the proof holds. */
  readonly failure: string | undefined;
  readonly index: number;
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly time: number | undefined } | undefined;
  readonly keysFrom: 'given' | 'proof';
}

/**
 * @throws WatchwordError `client.usage` when there is no such event, or no checkpoint covers it yet; `audit.tampered` when the log
 * does not fit its checkpoint.
 */
export async function proveEvent(reader: LogReader, index: number): Promise<InclusionProof> {
  const checkpoint = await reader.lastCheckpoint();
  if (checkpoint === undefined || index >= checkpoint.size) {
    const covered = checkpoint?.size ?? 0;
    throw new WatchwordError(
      'client.usage',
      `event ${index} is not covered by a checkpoint: the newest counts ${covered} events`,
    );
  }
  const key = (await reader.publicKeys()).find((one) => checkpointSigned(checkpoint, [one]));
  if (key === undefined) throw new WatchwordError('audit.tampered', 'the newest checkpoint is not signed by a key of this log');
  const event = await lineAt(reader, index);
  if (event === undefined) throw new WatchwordError('audit.tampered', `event ${index} is missing`);
  for (const source of [indexedLeaves, hashedLeaves]) {
    const roots = new RangeRoots(inclusionRanges(index, checkpoint.size));
    for await (const leaf of source(reader, checkpoint.size)) roots.append(leaf);
    const proof = roots.roots();
    if (!verifyInclusion(index, checkpoint.size, leafHash(event), proof, checkpoint.root)) continue;
    return {
      format: FORMAT,
      index,
      event: event.toString('utf8'),
      proof: proof.map((hash) => hash.toString('base64')),
      checkpoint: checkpoint.text,
      publicKey: key.text,
    };
  }
  throw new WatchwordError('audit.tampered', `event ${index} does not fit the newest checkpoint`);
}

async function lineAt(reader: LogReader, index: number): Promise<Buffer | undefined> {
  for await (const line of reader.linesFrom(index, index + 1)) return line.bytes;
  return undefined;
}

/** Leaf hashes as the index files have them. */
async function* indexedLeaves(reader: LogReader, size: number): AsyncGenerator<Buffer> {
  const segments = await reader.segments();
  for (const [i, { start }] of segments.entries()) {
    const end = Math.min(size, segments[i + 1]?.start ?? size);
    for (let at = start; at < end; at += INDEX_CHUNK) {
      for (const { leaf } of await reader.entries(start, at, Math.min(end, at + INDEX_CHUNK))) yield leaf;
    }
  }
}

/** Leaf hashes computed from the events. */
async function* hashedLeaves(reader: LogReader, size: number): AsyncGenerator<Buffer> {
  for await (const line of reader.linesFrom(0, size)) yield leafHash(line.bytes);
}

/** Checks a proof by itself, offline. Anything that is not exactly such a proof fails. */
export function verifyProof(proof: unknown, keys?: readonly Verifier[]): ProofVerdict {
  const keysFrom = keys === undefined ? 'proof' : 'given';
  const parsed = parseProof(proof);
  if (parsed === undefined) return { failure: 'this is not an inclusion proof', index: -1, checkpoint: undefined, keysFrom };
  const { index, event, hashes, checkpoint, publicKey } = parsed;
  const trusted = keys ?? [publicKey];
  let failure: string | undefined;
  const fault = lineFault(event, index);
  if (!checkpointSigned(checkpoint, trusted)) failure = 'the checkpoint is not signed by the key';
  else if (fault !== undefined) failure = `event ${index} ${fault}`;
  else if (!verifyInclusion(index, checkpoint.size, leafHash(event), hashes, checkpoint.root))
    failure = `event ${index} does not stand in the log of this checkpoint`;
  const { origin, size, time } = checkpoint;
  return { failure, index, checkpoint: { origin, size, time }, keysFrom };
}

interface ParsedProof {
  readonly index: number;
  readonly event: Buffer;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: SignedCheckpoint;
  readonly publicKey: Verifier;
}

function parseProof(proof: unknown): ParsedProof | undefined {
  if (typeof proof !== 'object' || proof === null) return undefined;
  const { format, index, event, proof: list, checkpoint: note, publicKey: key } = proof as Record<string, unknown>;
  if (format !== FORMAT || !Number.isSafeInteger(index) || typeof event !== 'string' || event.length > MAX_EVENT_BYTES)
    return undefined;
  if (!Array.isArray(list) || list.length > MAX_PROOF_LENGTH || typeof note !== 'string' || typeof key !== 'string')
    return undefined;
  const hashes = list.flatMap((text: unknown) => (typeof text === 'string' ? (decodeBase64(text, HASH_BYTES) ?? []) : []));
  const checkpoint = parseCheckpoint(note);
  const publicKey = parseVerifier(key);
  if (hashes.length !== list.length || checkpoint === undefined || publicKey === undefined) return undefined;
  return { index: index as number, event: Buffer.from(event), hashes, checkpoint, publicKey };
}

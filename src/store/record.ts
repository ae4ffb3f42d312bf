import { frame } from '../foundation/framing.ts';
import { Secret } from '../foundation/secret.ts';

/** What a version row holds: the value as JSON text, and its audit digests, so that reading computes none. */
export interface ValueRecord {
  readonly digests: readonly string[];
  /** The text of a JSON object, exactly as it was stored. */
  readonly value: Secret;
}

/** The caller zeroes the Buffer. */
export function encodeRecord(digests: readonly string[], json: string | Uint8Array): Buffer {
  return frame(digests.join('\n'), json);
}

/** Takes over `record`: its bytes become the Secret's. */
export function decodeRecord(record: Buffer): ValueRecord {
  const end = 4 + record.readUInt32BE(0);
  const digests = record.toString('latin1', 4, end);
  return { digests: digests === '' ? [] : digests.split('\n'), value: Secret.own(record.subarray(end + 4)) };
}

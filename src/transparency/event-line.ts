import { isUtf8 } from 'node:buffer';
import { canonicalJson } from '../foundation/canonical-json.ts';

/**
 * Why a line cannot be the event at this index, or undefined when it can: it must be canonical JSON (RFC 8785) whose
 * `metadata.sequence` is the index.
 */
export function lineFault(bytes: Buffer, index: number): string | undefined {
  const event = parseCanonical(bytes);
  if (event === undefined) return 'is not canonical JSON';
  const metadata = (event as { metadata?: unknown } | null)?.metadata;
  const sequence = (metadata as { sequence?: unknown } | null | undefined)?.sequence;
  if (sequence === index) return undefined;
  return typeof sequence === 'number'
    ? `is missing or displaced: event ${sequence} stands in its place`
    : 'has no sequence number';
}

function parseCanonical(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  try {
    const event: unknown = JSON.parse(text);
    return canonicalJson(event) === text ? event : undefined;
  } catch {
    return undefined;
  }
}

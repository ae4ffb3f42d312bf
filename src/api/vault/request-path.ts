import { isUtf8 } from 'node:buffer';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';

const PREFIX = '/v1/';
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
const CONTROL = /[\u0000-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII arrives as one character per byte.
const BEYOND_ASCII = /[^\u0000-\u007f]/;

/**
 * The path below `/v1/`, percent-decoded exactly once and otherwise as sent: `//`, `..` and `%252F` stay what they are.
 * @param target request target without its query
 * @throws WatchwordError `request.malformed`
 */
export function decodePath(target: string): string {
  const raw = rawPath(target);
  const path = raw.includes('%') ? percentDecoded(raw) : asUtf8(raw);
  if (CONTROL.test(path)) throw malformed('the path holds control characters');
  if (path.length * 3 > limits.segmentBytes) checkLength(path);
  return path;
}

/** The path below `/v1/` as it was sent. */
export function rawPath(target: string): string {
  return target.startsWith(PREFIX) ? target.slice(PREFIX.length) : '';
}

function percentDecoded(raw: string): string {
  try {
    return decodeURIComponent(asUtf8(raw));
  } catch (error) {
    if (error instanceof URIError) throw malformed('the path is not valid percent-encoded UTF-8');
    throw error;
  }
}

/** Node hands over raw bytes beyond ASCII as Latin-1. */
function asUtf8(raw: string): string {
  if (!BEYOND_ASCII.test(raw)) return raw;
  const bytes = Buffer.from(raw, 'latin1');
  if (!isUtf8(bytes)) throw malformed('the path is not UTF-8');
  return bytes.toString('utf8');
}

function checkLength(path: string): void {
  if (Buffer.byteLength(path) > limits.pathBytes) throw malformed('the path is too long');
  for (const segment of path.split('/')) {
    if (Buffer.byteLength(segment) > limits.segmentBytes) throw malformed('a segment of the path is too long');
  }
}

const malformed = (message: string) => new WatchwordError('request.malformed', message, { where: 'path' });

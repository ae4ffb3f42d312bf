import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from '../foundation/ids.ts';
import type { Random } from '../foundation/ports.ts';
import { Secret } from '../foundation/secret.ts';

/** `service` tokens are what callers log in with; a `wrapping` token only opens one answer. */
export type TokenKind = 'service' | 'wrapping';

const PREFIXES: Readonly<Record<TokenKind, string>> = { service: 'wws_', wrapping: 'www_' };
const PREFIX_LENGTH = 4;
/** 238 bits. */
const RANDOM_LENGTH = 40;
/** 62^6 > 2^32. */
const CHECKSUM_LENGTH = 6;
const TOKEN_LENGTH = PREFIX_LENGTH + RANDOM_LENGTH + CHECKSUM_LENGTH;
const MAX_CHOSEN_LENGTH = 512;

/**
 * `wws_` (or `www_`), 40 random base62 characters and the CRC-32 of all that in base62: a scanner finds such a token by its
 * prefix and drops what only looks like one.
 */
export function newTokenText(random: Random, kind: TokenKind): Secret {
  const body = PREFIXES[kind] + randomBase62(random, RANDOM_LENGTH);
  return Secret.fromText(body + toBase62(crc32(body), CHECKSUM_LENGTH));
}

/** False for what cannot be a token of this store, found without asking the database. */
export function isPlausibleToken({ bytes }: Secret): boolean {
  if (bytes.length === 0 || bytes.length > MAX_CHOSEN_LENGTH) return false;
  if (!hasOurPrefix(bytes)) return true;
  if (bytes.length !== TOKEN_LENGTH) return false;
  const body = bytes.subarray(0, TOKEN_LENGTH - CHECKSUM_LENGTH);
  return bytes.toString('latin1', TOKEN_LENGTH - CHECKSUM_LENGTH) === toBase62(crc32(body), CHECKSUM_LENGTH);
}

/** Whether a caller may choose this text as a token: printable ASCII, and not one of ours. */
export function isChoosable({ bytes }: Secret): boolean {
  if (bytes.length === 0 || bytes.length > MAX_CHOSEN_LENGTH || hasOurPrefix(bytes)) return false;
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f);
}

function hasOurPrefix(bytes: Buffer): boolean {
  const prefix = bytes.toString('latin1', 0, PREFIX_LENGTH);
  return prefix === PREFIXES.service || prefix === PREFIXES.wrapping;
}

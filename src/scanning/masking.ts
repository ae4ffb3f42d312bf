/** What is put where a secret stood. */
const MASK = '…';
/** Shorter pieces of a secret say little, and are met by chance. */
const LEAST = 8;

/** The first characters of a secret, at most four and at most a third of it, and `…`. */
export function redacted(value: Uint8Array): string {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  const shown = Math.min(4, Math.floor(value.length / 3));
  // Nothing that could steer a terminal or break a table; what is not UTF-8 ends it as well.
  const printable = /^[\x20-\x7e]*/.exec(text.slice(0, shown))?.[0] ?? '';
  return `${printable}${MASK}`;
}

/**
 * `text` without the secret: a file may be named after it. Pieces of at least 8 bytes and half of the secret are masked as well.
 */
export function withoutValue(text: string, value: Uint8Array): string {
  if (value.length === 0 || text === '') return text;
  const secret = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  const whole = secret.length < 4 ? text : text.replaceAll(secret, MASK);
  const least = Math.max(LEAST, Math.ceil(secret.length / 2));
  if (whole.length < least || secret.length < least) return whole;
  return withoutPieces(whole, secret, least);
}

function withoutPieces(text: string, secret: string, least: number): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    let length = 0;
    if (at + least <= text.length && secret.includes(text.slice(at, at + least))) {
      length = least;
      while (at + length < text.length && secret.includes(text.slice(at, at + length + 1))) length += 1;
    }
    out += length === 0 ? text.charAt(at) : MASK;
    at += Math.max(1, length);
  }
  return out;
}

import { hash } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Digits that fit in a number that is no big one. */
const AT_ONCE = 9;
const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** Bytes behind a Base58Check text, without its four bytes of checksum; undefined when that is wrong. */
export function base58Decoded(text: string): Buffer | undefined {
  let number = 0n;
  for (let from = 0; from < text.length; from += AT_ONCE) {
    const piece = text.slice(from, from + AT_ONCE);
    let value = 0;
    for (const character of piece) {
      const digit = ALPHABET.indexOf(character);
      if (digit < 0) return undefined;
      value = value * 58 + digit;
    }
    number = number * 58n ** BigInt(piece.length) + BigInt(value);
  }
  const digits = number.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  const zeros = /^1{0,200}/.exec(text)?.[0].length ?? 0;
  const whole = Buffer.concat([Buffer.alloc(zeros), bytes]);
  const body = whole.subarray(0, -4);
  return sha256(sha256(body)).subarray(0, 4).equals(whole.subarray(-4)) ? body : undefined;
}

/** The bytes as Base58Check. */
export function base58Encoded(body: Uint8Array): string {
  const whole = Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]);
  let number = BigInt(`0x${whole.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = ALPHABET.charAt(Number(number % 58n)) + text;
  for (let at = 0; whole[at] === 0 && at < whole.length; at += 1) text = `1${text}`;
  return text;
}

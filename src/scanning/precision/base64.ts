import { remembered } from './remembered.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Six bits by character, of both alphabets. */
const SIX = Uint8Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code);
  return Math.max(0, DIGITS.indexOf(text === '-' ? '+' : text === '_' ? '/' : text));
});

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

/** Whether the first three bytes are printable: of what was made by chance, hardly any are, and it need not be decoded. */
function beginsReadable(value: string): boolean {
  let bits = 0;
  for (let at = 0; at < 4; at += 1) bits = (bits << 6) | (SIX[value.charCodeAt(at)] ?? 0);
  return isPrintable(bits >> 16) && isPrintable((bits >> 8) & 0xff) && isPrintable(bits & 0xff);
}

/** The printable text, perhaps with a line's end, that a value says in Base64 of either alphabet, if it does. */
export const readableIn: (value: string) => string | undefined = remembered((value) => {
  if (!/^[A-Za-z0-9+/_-]{6,}={0,2}$/.test(value) || !beginsReadable(value)) return undefined;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x20-\x7e]+\n?$/.test(text) ? text : undefined;
});

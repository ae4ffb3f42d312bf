import type { Random } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 24;
/** Largest multiple of 62 in a byte: what is above would make some letters likelier. */
const FAIR = 248;

/**
 * A password that no target has to quote: 24 of `[A-Za-z0-9]`, 142 bits. A capital, a small letter and a digit are among them, since
 * targets may ask for all three.
 */
export function newPassword(random: Random): Secret {
  for (;;) {
    const text = randomText(random);
    if (/[A-Z]/.test(text) && /[a-z]/.test(text) && /[0-9]/.test(text)) return Secret.fromText(text);
  }
}

function randomText(random: Random): string {
  let text = '';
  while (text.length < LENGTH) {
    for (const byte of random.bytes(LENGTH)) {
      if (byte < FAIR && text.length < LENGTH) text += LETTERS[byte % LETTERS.length];
    }
  }
  return text;
}

import type { Random } from '../../foundation/ports.ts';

/** Product in GF(2^8) modulo x^8+x^4+x^3+x+1, the same steps for all operands. */
export function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= shifted & -((b >> bit) & 1);
    shifted = ((shifted << 1) ^ (0x11b & -((shifted >> 7) & 1))) & 0xff;
  }
  return product;
}

/** a^254 = 1/a, and 0 for 0. */
function inverse(a: number): number {
  let result = 1;
  let power = a;
  for (let exponent = 254; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) === 1) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}

/**
 * Shamir's scheme, byte by byte. A share is the y bytes followed by its x (1 to 255), as Vault's API has them: 33 bytes for
 * a 32-byte secret.
 */
export function split(secret: Uint8Array, shares: number, threshold: number, random: Random): Buffer[] {
  const out = Array.from({ length: shares }, (_, index) => {
    const share = Buffer.alloc(secret.length + 1);
    share[secret.length] = index + 1;
    return share;
  });
  secret.forEach((byte, position) => {
    const coefficients = random.bytes(threshold - 1);
    for (const share of out) {
      const x = share.readUInt8(secret.length);
      let y = 0;
      for (const coefficient of coefficients) y = multiply(y ^ coefficient, x);
      share[position] = y ^ byte;
    }
    coefficients.fill(0);
  });
  return out;
}

/** Lagrange interpolation at 0 over shares of equal length and distinct x. */
export function join(shares: readonly Uint8Array[]): Buffer {
  const length = (shares[0]?.length ?? 1) - 1;
  const secret = Buffer.alloc(length);
  const xs = shares.map((share) => share[length] ?? 0);
  shares.forEach((share, i) => {
    let weight = 1;
    xs.forEach((x, j) => {
      if (i !== j) weight = multiply(weight, multiply(x, inverse(x ^ (xs[i] ?? 0))));
    });
    for (let position = 0; position < length; position++) {
      secret[position] = secret.readUInt8(position) ^ multiply(weight, share[position] ?? 0);
    }
  });
  return secret;
}

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, part] of GENERATOR.entries()) if (((top >>> bit) & 1) === 1) sum ^= part;
  }
  return sum >>> 0;
}

const expanded = (prefix: string): number[] => {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
};

/** Whether the checksum of a Bech32 text (BIP 173), in either case, is right. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  const at = lower.lastIndexOf('1');
  const data = [...lower.slice(at + 1)].map((letter) => CHARSET.indexOf(letter));
  return at > 0 && !data.includes(-1) && polymod([...expanded(lower.slice(0, at)), ...data]) === 1;
}

/** `body` (characters of Bech32) behind the prefix, with its checksum; lower case. */
export function bech32(prefix: string, body: string): string {
  const data = [...body].map((letter) => CHARSET.indexOf(letter));
  const sum = polymod([...expanded(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const tail = [25, 20, 15, 10, 5, 0].map((shift) => CHARSET.charAt((sum >>> shift) & 31)).join('');
  return `${prefix}1${body}${tail}`;
}

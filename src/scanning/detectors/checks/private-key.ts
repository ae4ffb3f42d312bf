import type { Check } from '../../detector.ts';

const OPENSSH_MAGIC = 'openssh-key-v1\0';
/** Public-key packets of OpenPGP that hold the secret part: tags 5 and 7, in the old and the new form (RFC 9580, 4.2). */
const isSecretPacket = (first: number): boolean =>
  (first & 0xfc) === 0x94 || (first & 0xfc) === 0x9c || first === 0xc5 || first === 0xc7;

/** The base64 between the first and the last line of an armoured block, without header lines, escapes, quotes and joins. */
function payload(block: string): Buffer {
  const plain = block
    .replace(/\\{1,4}[nrt]|&#(?:10|13|x[aAdD]);|%0[aAdD]/g, '\n')
    .replace(/["']\s{0,80}\+/g, '\n')
    .replace(/-{4,5} ?(?:BEGIN|END) [A-Za-z0-9 -]{1,60}-{4,5}/g, '\n')
    .replace(/^[^A-Za-z\n]{0,80}[A-Za-z-]{3,30}: [^\n]{0,200}$/gm, '\n')
    .replace(/=[A-Za-z0-9+/]{4}\s*$/, '');
  return Buffer.from(plain.replace(/[^A-Za-z0-9+/]/g, ''), 'base64');
}

/**
 * Whether the block holds what its first line says: DER of the right length, an OpenSSH or an OpenPGP key; and whether it is locked
 * by a passphrase.
 */
export function checkPrivateKey(block: string): Check {
  if (!/-END |-{4} END /.test(block)) return { ok: false, reason: 'the end of the key is missing' };
  if (/Proc-Type: ?4,ENCRYPTED/.test(block)) return { ok: false, reason: 'locked by a passphrase' };
  const bytes = payload(block);
  if (bytes.toString('latin1', 0, OPENSSH_MAGIC.length) === OPENSSH_MAGIC) return checkOpenssh(bytes);
  if (block.includes('PGP')) {
    const ok = isSecretPacket(bytes[0] ?? 0);
    return { ok, reason: ok ? 'holds an OpenPGP secret key' : 'holds no OpenPGP secret key' };
  }
  const ok = isDer(bytes);
  return { ok, reason: ok ? 'holds a key in DER of the right length' : 'does not decode to a key' };
}

function checkOpenssh(bytes: Buffer): Check {
  const at = OPENSSH_MAGIC.length;
  const length = bytes.length >= at + 4 ? bytes.readUInt32BE(at) : 0;
  if (length > 64 || at + 4 + length > bytes.length) return { ok: false, reason: 'does not decode to a key' };
  const cipher = bytes.toString('latin1', at + 4, at + 4 + length);
  if (cipher === 'none') return { ok: true, reason: 'holds an OpenSSH key without a passphrase' };
  return { ok: false, reason: 'locked by a passphrase' };
}

/** A DER sequence that fills the bytes (X.690, 8.1.3); a few bytes more do no harm. */
function isDer(bytes: Buffer): boolean {
  if (bytes.length < 16 || bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return Math.abs(bytes.length - 2 - first) <= 3;
  const count = first & 0x7f;
  if (count === 0 || count > 3) return false;
  return Math.abs(bytes.length - 2 - count - bytes.readUIntBE(2, count)) <= 3;
}

import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Object identifiers, encoded: ecdsa-with-SHA256, ecdsa-with-SHA384, sha256WithRSAEncryption, commonName, basicConstraints, keyUsage. */
const ids = {
  ecdsaSha256: '06082a8648ce3d040302',
  ecdsaSha384: '06082a8648ce3d040303',
  rsaSha256: '06092a864886f70d01010b',
  commonName: '0603550403',
  basicConstraints: '0603551d13',
  keyUsage: '0603551d0f',
} as const;

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** X.690: a tag, a length, and what it holds. */
function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const digits = body.length.toString(16);
  const length = hex(digits.length % 2 === 0 ? digits : `0${digits}`);
  const size = body.length < 0x80 ? length : Buffer.concat([Buffer.from([0x80 | length.length]), length]);
  return Buffer.concat([Buffer.from([tag]), size, body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content);
const bitString = (unused: number, bytes: Uint8Array): Buffer => element(0x03, Buffer.from([unused]), bytes);
const TRUE = hex('0101ff');

/**
 * A certificate of the key by itself, DER, which says nothing but its name and that it signs: RFC 5280. It has no end, as section 4.1.2.5
 * writes that: it is believed because somebody has put it in a list, and until it is taken from there.
 * @param key EC on P-256 or P-384, or RSA
 * @param name printable ASCII, at most 64 characters
 */
export function selfSigned(key: KeyObject, name: string): Buffer {
  const { algorithm, hash } = algorithmOf(key);
  const subject = sequence(element(0x31, sequence(hex(ids.commonName), element(0x0c, Buffer.from(name)))));
  // digitalSignature and keyCertSign: it leads to itself.
  const uses = sequence(hex(ids.keyUsage), TRUE, element(0x04, bitString(2, hex('84'))));
  const authority = sequence(hex(ids.basicConstraints), TRUE, element(0x04, sequence(TRUE)));
  const body = sequence(
    hex('a003020102'),
    element(0x02, Buffer.concat([hex('01'), randomBytes(15)])),
    algorithm,
    subject,
    sequence(element(0x17, Buffer.from('200101000000Z')), element(0x18, Buffer.from('99991231235959Z'))),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(authority, uses)),
  );
  return sequence(body, algorithm, bitString(0, sign(hash, body, key)));
}

function algorithmOf(key: KeyObject): { readonly algorithm: Buffer; readonly hash: string } {
  if (key.asymmetricKeyType === 'rsa') return { algorithm: sequence(hex(ids.rsaSha256), hex('0500')), hash: 'sha256' };
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    ? { algorithm: sequence(hex(ids.ecdsaSha384)), hash: 'sha384' }
    : { algorithm: sequence(hex(ids.ecdsaSha256)), hash: 'sha256' };
}

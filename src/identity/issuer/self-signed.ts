import { type KeyObject, sign } from 'node:crypto';

const [INTEGER, BIT_STRING, NULL, OID, UTF8_STRING, UTC_TIME, GENERALIZED_TIME] = [0x02, 0x03, 0x05, 0x06, 0x0c, 0x17, 0x18];
const [SEQUENCE, SET, CONTEXT_0] = [0x30, 0x31, 0xa0];
/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
/** commonName, 2.5.4.3 */
const COMMON_NAME = Buffer.from('550403', 'hex');

/** One element of ASN.1's distinguished encoding (X.690 § 8.1). */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, content]);
}

/** RFC 5280 § 4.1.2.5: two digits of the year up to 2049, four from then on. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '');
  return ms < Date.UTC(2050, 0)
    ? element(UTC_TIME, Buffer.from(digits.slice(2)))
    : element(GENERALIZED_TIME, Buffer.from(digits));
}

export interface SelfSigned {
  /** RSA. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Name of issuer and subject. */
  readonly commonName: string;
  /** Positive, and below 2^159; big-endian. */
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/**
 * A certificate of an RSA key by that key itself (RFC 5280), in DER. It vouches for nothing: some verifiers read keys from `x5c`
 * alone, and know a certificate by its thumbprint.
 */
export function selfSignedCertificate({ privateKey, publicKey, commonName, serial, from, until }: SelfSigned): Buffer {
  const algorithm = element(SEQUENCE, element(OID, SHA256_WITH_RSA), element(NULL));
  const attribute = element(SEQUENCE, element(OID, COMMON_NAME), element(UTF8_STRING, Buffer.from(commonName)));
  const name = element(SEQUENCE, element(SET, attribute));
  const version3 = element(CONTEXT_0, element(INTEGER, Buffer.of(2)));
  const toBeSigned = element(
    SEQUENCE,
    version3,
    element(INTEGER, serial),
    algorithm,
    name,
    element(SEQUENCE, time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  return element(SEQUENCE, toBeSigned, algorithm, element(BIT_STRING, Buffer.of(0), signature));
}

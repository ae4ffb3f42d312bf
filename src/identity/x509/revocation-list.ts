import {
  DerError,
  type DerMembers,
  type DerValue,
  derTags,
  membersOf,
  readBytes,
  readDer,
  readInteger,
  readSmallInteger,
  readTime,
} from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { readExtensions } from './extensions.ts';
import type { Signed } from './signature.ts';

/** A certificate revocation list (RFC 5280 § 5) of everything that an authority issued. Times are milliseconds since the epoch. */
export interface RevocationList extends Signed {
  readonly issuer: DistinguishedName;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Serial numbers in hexadecimal, as certificates write them. */
  readonly serials: ReadonlySet<string>;
}

const VERSION_2 = 1;
const times: readonly number[] = [derTags.utcTime, derTags.generalizedTime];

/** @throws DerError; for lists of a part of the certificates, of changes only, or of other authorities as well: they are critical extensions */
export function readRevocationList(bytes: Uint8Array): RevocationList {
  const members = membersOf(readDer(bytes), derTags.sequence);
  const body = members.take(derTags.sequence);
  const algorithm = members.take(derTags.sequence);
  const signature = readBytes(members.take(derTags.bitString));
  members.end();
  return { ...readBody(membersOf(body, derTags.sequence), algorithm), body: body.whole, algorithm, signature };
}

function readBody(members: DerMembers, algorithm: DerValue) {
  const version = members.takeIf(derTags.integer);
  if (version !== undefined && readSmallInteger(version) !== VERSION_2) throw new DerError('another version');
  if (!members.take(derTags.sequence).whole.equals(algorithm.whole)) throw new DerError('two signature algorithms');
  const issuer = readName(members.take(derTags.sequence));
  const thisUpdate = readTime(members.takeIf(...times));
  const next = members.takeIf(...times);
  const entries = members.takeIf(derTags.sequence);
  const extensions = members.takeIf(0xa0);
  members.end();
  if (extensions !== undefined) refuseCritical(readDer(extensions.content));
  const serials = entries === undefined ? [] : membersOf(entries, derTags.sequence).rest().map(readEntry);
  return { issuer, thisUpdate, nextUpdate: next && readTime(next), serials: new Set(serials) };
}

function readEntry(value: DerValue): string {
  const members = membersOf(value, derTags.sequence);
  const serial = readInteger(members.take(derTags.integer));
  readTime(members.takeIf(...times));
  const extensions = members.takeIf(derTags.sequence);
  members.end();
  if (extensions !== undefined) refuseCritical(extensions);
  return serial.toString('hex');
}

/** What must be understood makes a list say less, or more, than it seems to. */
function refuseCritical(value: DerValue): void {
  for (const { critical } of readExtensions(value).values()) {
    if (critical) throw new DerError('a critical extension');
  }
}

import { WatchwordError } from '../../foundation/errors.ts';
import { refusedLogin } from '../login-refusal.ts';
import type { Certificate } from './certificate.ts';
import { attributeTypes, valuesOf } from './distinguished-name.ts';
import { extensionIds, keyUsages } from './extensions.ts';
import { areNamesWithin } from './name-constraints.ts';
import { isAcceptedAlgorithm, isSignedBy } from './signature.ts';

/** From the holder's certificate to an anchor, both included. */
export type CertificatePath = readonly [leaf: Certificate, ...Certificate[]];

export interface PathQuestion {
  /** What the client showed: its own certificate, then whatever it sent besides. */
  readonly shown: readonly [leaf: Certificate, ...Certificate[]];
  readonly anchors: readonly Certificate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Certificates of a path, both ends included. */
const LONGEST_PATH = 8;
/** However many certificates of one name a client sends. */
const MOST_SIGNATURES = 24;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_PURPOSE = '2.5.29.37.0';
/** Understood here; whatever else is critical is not. Policies constrain nobody who asks for none. */
const understood: readonly string[] = [
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.nameConstraints,
  extensionIds.certificatePolicies,
  extensionIds.extendedKeyUsage,
];

/**
 * A path as RFC 5280 § 6 wants it, from the leaf to one of the anchors. An anchor that is no authority stands for exactly itself.
 * @throws WatchwordError `login.refused` with a reason of `x509Reasons`: of several paths, that of the first which is signed
 */
export function findPath({ shown, anchors, now }: PathQuestion): CertificatePath {
  const [leaf, ...others] = shown;
  checkHolder(leaf, now);
  const pinned = anchors.find((anchor) => !anchor.constraints.authority && anchor.der.equals(leaf.der));
  if (pinned !== undefined) return [leaf];
  const search = new PathSearch({ others, anchors: anchors.filter(({ constraints }) => constraints.authority), now });
  return search.from(leaf);
}

class PathSearch {
  readonly #others: readonly Certificate[];
  readonly #anchors: readonly Certificate[];
  readonly #now: number;
  #signatures = 0;
  /** Why the path that came furthest is none. */
  #refusal: WatchwordError | undefined;

  constructor({ others, anchors, now }: { others: readonly Certificate[]; anchors: readonly Certificate[]; now: number }) {
    this.#others = others;
    this.#anchors = anchors;
    this.#now = now;
  }

  from(leaf: Certificate): CertificatePath {
    const path = this.#extend([leaf]);
    if (path !== undefined) return path;
    throw this.#refusal ?? refusedLogin('x509.unknown-authority');
  }

  #extend(path: CertificatePath): CertificatePath | undefined {
    const last = path.at(-1) ?? path[0];
    for (const anchor of this.#anchors) {
      if (!this.#issued(anchor, last)) continue;
      const whole: CertificatePath = [...path, anchor];
      if (this.#holds(whole)) return whole;
    }
    if (path.length >= LONGEST_PATH) return undefined;
    for (const other of this.#others) {
      const used = path.some(({ der }) => der.equals(other.der));
      if (used || !this.#issued(other, last)) continue;
      const found = this.#extend([...path, other]);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #issued(issuer: Certificate, { issuer: name, ...signed }: Certificate): boolean {
    if (!issuer.subject.der.equals(name.der)) return false;
    if (issuer.publicKey === undefined) return this.#refuse('x509.weak-key');
    if (!isAcceptedAlgorithm(signed.algorithm)) return this.#refuse('x509.signature-algorithm');
    this.#signatures += 1;
    if (this.#signatures > MOST_SIGNATURES) return this.#refuse('x509.too-many');
    return isSignedBy(signed, issuer.publicKey) || this.#refuse('x509.signature');
  }

  #holds(path: CertificatePath): boolean {
    try {
      checkPath(path, this.#now);
      return true;
    } catch (error) {
      if (!(error instanceof WatchwordError)) throw error;
      // A path whose signatures hold says more than one whose do not.
      this.#refusal = error;
      return false;
    }
  }

  #refuse(reason: string): false {
    this.#refusal ??= refusedLogin(reason);
    return false;
  }
}

/** What must hold of the client's own certificate, whoever issued it. */
function checkHolder(leaf: Certificate, now: number): void {
  if (leaf.constraints.authority) throw refusedLogin('x509.authority-as-client');
  checkTime(leaf, now);
  checkCritical(leaf);
  if (leaf.publicKey === undefined) throw refusedLogin('x509.weak-key');
  checkPurposes(leaf);
  if (leaf.keyUsage?.has(keyUsages.digitalSignature) === false) throw refusedLogin('x509.key-usage');
  if (valuesOf(leaf.subject, attributeTypes.commonName).length > 1) throw refusedLogin('x509.ambiguous-name');
}

function checkPath(path: CertificatePath, now: number): void {
  for (const [below, issuer] of path.slice(1).entries()) {
    checkTime(issuer, now);
    checkCritical(issuer);
    const { constraints, keyUsage, nameConstraints } = issuer;
    if (!constraints.authority) throw refusedLogin('x509.no-authority');
    if (keyUsage?.has(keyUsages.keyCertSign) === false) throw refusedLogin('x509.no-authority');
    if (constraints.pathLength !== undefined && below > constraints.pathLength) throw refusedLogin('x509.path-length');
    checkPurposes(issuer);
    if (nameConstraints === undefined) continue;
    // Of authorities between that name themselves as well: whoever may not issue the name may not bear it.
    const within = path.slice(0, below + 1).every((certificate) => areNamesWithin(nameConstraints, certificate));
    if (!within) throw refusedLogin('x509.name-constraints');
  }
}

function checkTime({ notBefore, notAfter }: Certificate, now: number): void {
  if (now < notBefore) throw refusedLogin('x509.not-yet-valid');
  // The last second is within (RFC 5280 § 4.1.2.5).
  if (now >= notAfter + 1000) throw refusedLogin('x509.expired');
}

function checkCritical({ extensions }: Certificate): void {
  for (const [id, { critical }] of extensions) {
    if (critical && !understood.includes(id)) throw refusedLogin('x509.critical-extension');
  }
}

/** Authorities that restrict purposes restrict them for all below. */
function checkPurposes({ purposes }: Certificate): void {
  const fits = purposes === undefined || purposes.includes(CLIENT_AUTHENTICATION) || purposes.includes(ANY_PURPOSE);
  if (!fits) throw refusedLogin('x509.purpose');
}

import { type KeyKind, keyLengths } from './private-key.ts';

/** Which kind of key to make, and how long: one of {@link keyLengths}. */
export interface KeyChoice {
  readonly kind: KeyKind;
  readonly bits: number;
}

interface Named {
  readonly kind: KeyKind;
  /** Where the name says it. */
  readonly bits?: number;
}

/** Vault's names for kinds of keys, and OpenSSH's. */
const kinds: ReadonlyMap<string, Named> = new Map(
  Object.entries<Named>({
    ed25519: { kind: 'ed25519' },
    'ssh-ed25519': { kind: 'ed25519' },
    ec: { kind: 'ec' },
    ecdsa: { kind: 'ec' },
    'ecdsa-sha2-nistp256': { kind: 'ec', bits: 256 },
    'ecdsa-sha2-nistp384': { kind: 'ec', bits: 384 },
    'ecdsa-sha2-nistp521': { kind: 'ec', bits: 521 },
    rsa: { kind: 'rsa' },
    'ssh-rsa': { kind: 'rsa' },
  }),
);

export const KEY_CHOICES: readonly string[] = [...kinds.keys()];

/** @param bits 0 for the usual length. Gives undefined where no such key is made */
export function keyChoice(name: string, bits: number): KeyChoice | undefined {
  const known = kinds.get(name);
  if (known === undefined) return undefined;
  const lengths = keyLengths[known.kind];
  const wanted = bits || known.bits || lengths[0] || 0;
  const contradicts = known.bits !== undefined && wanted !== known.bits;
  // Ed25519 has one length, which some count as 256.
  const length = known.kind === 'ed25519' && wanted === 256 ? 0 : wanted;
  return contradicts || !lengths.includes(length) ? undefined : { kind: known.kind, bits: length };
}

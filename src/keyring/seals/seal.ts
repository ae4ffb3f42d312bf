import type { Secret } from '../../foundation/secret.ts';

export interface SealShape {
  /** How many unseal keys are handed out, and how many of them unseal; both 0 when nobody has to be asked. */
  readonly shares: number;
  readonly threshold: number;
}

export interface NewSeal {
  readonly shape: SealShape;
  /** 32 bytes; wraps the root key. */
  readonly key: Secret;
  /** For people to keep; shown once. */
  readonly unsealKeys: readonly Secret[];
}

/** One way to reach the key that wraps the root key. One file in this folder and one line in `index.ts`. */
export interface Seal {
  /** kebab-case */
  readonly kind: string;
  /** @throws WatchwordError `seal.invalid` for a shape that it cannot have. */
  create(shape: SealShape): Promise<NewSeal>;
  /** Before a store is made: whether what is there already can be used. @throws WatchwordError `seal.key-file` */
  check(): Promise<void>;
  /** The key, where nobody has to be asked for it; undefined otherwise. @throws WatchwordError `seal.key-file` */
  unattended(): Promise<Secret | undefined>;
  /** The key from as many distinct unseal keys as the threshold. @throws WatchwordError `seal.wrong-key` */
  combine(unsealKeys: readonly Secret[]): Secret;
}

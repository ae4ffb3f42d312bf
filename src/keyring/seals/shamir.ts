import { WatchwordError } from '../../foundation/errors.ts';
import type { Random } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { KEY_BYTES } from '../xaes.ts';
import type { Seal } from './seal.ts';
import { join, split } from './shamir-arithmetic.ts';

/** The key is split among people: any `threshold` of `shares` unseal keys give it back, fewer say nothing about it. */
export function shamirSeal(random: Random): Seal {
  return {
    kind: 'shamir',
    async create({ shares, threshold }) {
      const bad =
        shares < 1 || shares > 255
          ? 'secret_shares must be between 1 and 255'
          : threshold < 1 || threshold > shares
            ? 'secret_threshold must be between 1 and secret_shares'
            : shares > 1 && threshold === 1
              ? 'secret_threshold must be greater than one when there are several shares'
              : undefined;
      if (bad !== undefined) throw new WatchwordError('seal.invalid', bad);
      const key = Secret.own(random.bytes(KEY_BYTES));
      const unsealKeys =
        shares === 1 ? [Secret.copy(key.bytes)] : split(key.bytes, shares, threshold, random).map((share) => Secret.own(share));
      return { shape: { shares, threshold }, key, unsealKeys };
    },
    check: async () => {},
    unattended: async () => undefined,
    combine(unsealKeys) {
      const [only] = unsealKeys;
      if (only !== undefined && unsealKeys.length === 1) {
        if (only.length !== KEY_BYTES) throw new WatchwordError('seal.wrong-key');
        return Secret.copy(only.bytes);
      }
      const xs = new Set(unsealKeys.map((share) => share.bytes[KEY_BYTES]));
      const wellFormed =
        unsealKeys.every((share) => share.length === KEY_BYTES + 1) && xs.size === unsealKeys.length && !xs.has(0);
      if (!wellFormed) throw new WatchwordError('seal.wrong-key');
      return Secret.own(join(unsealKeys.map((share) => share.bytes)));
    },
  };
}

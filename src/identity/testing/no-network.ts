import type { Network } from '../../foundation/ports.ts';

/** For whoever must not ask anybody. */
export const noNetwork: Network = {
  async request() {
    throw new Error('nobody may be asked here');
  },
};

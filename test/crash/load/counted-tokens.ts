import { BrokenPromise, expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import { isAccepted } from './accepted.ts';
import type { Desk, Load } from './load.ts';

interface Counted {
  readonly uses: number;
  acknowledged: number;
  asked: number;
}

/** Tokens for so many uses: over all crashes together they serve no request more. */
export class CountedTokens implements Load {
  readonly #tokens = new Map<number, Map<string, Counted>>();

  async step({ client, ledger }: Desk, worker: number, random: Seeded): Promise<void> {
    const mine = this.#tokens.get(worker) ?? new Map<string, Counted>();
    this.#tokens.set(worker, mine);
    const usable = [...mine].filter(([, { uses, asked }]) => asked < uses);
    if (usable.length === 0) {
      const uses = 1 + random.below(4);
      const body = { policies: ['default'], num_uses: uses };
      const answer = expectStatus(await client.send('POST', 'auth/token/create', { body }), 200);
      mine.set(answer.json.auth.client_token, { uses, acknowledged: 0, asked: 0 });
      return;
    }
    const [token, counted] = random.pick(usable);
    counted.asked += 1;
    ledger.note(expectStatus(await client.send('GET', 'auth/token/lookup-self', { token }), 200));
    counted.acknowledged += 1;
  }

  async check({ client }: Desk): Promise<void> {
    for (const mine of this.#tokens.values()) {
      for (const [token, { uses, acknowledged, asked }] of mine) {
        let left = 0;
        while (left <= uses && (await isAccepted(client, token))) left += 1;
        if (left < uses - asked || left > uses - acknowledged) {
          throw new BrokenPromise(`a token for ${uses} uses had ${left} left after ${acknowledged} of ${asked} were answered`);
        }
      }
      mine.clear();
    }
  }
}

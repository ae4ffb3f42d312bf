import { expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import { isAccepted } from './accepted.ts';
import type { Desk, Load } from './load.ts';

const MAX_KEPT = 40;

/** Tokens that are made, used and revoked. One whose making got no answer is nobody's. */
export class Tokens implements Load {
  async step({ client, ledger }: Desk, worker: number, random: Seeded): Promise<void> {
    const mine = ledger.names(`token:${worker}`).filter((name) => ledger.acknowledged(name) !== undefined);
    if (mine.length < 2 || random.next() < 0.3) {
      const answer = expectStatus(await client.send('POST', 'auth/token/create', { body: { policies: ['default'] } }), 200);
      ledger.note(answer);
      ledger.acknowledge(`token:${worker}:${answer.json.auth.client_token}`, 'valid');
    } else {
      const name = random.pick(mine);
      await ledger.change(name, undefined, () => client.send('POST', 'auth/token/revoke', { body: { token: textOf(name) } }));
    }
  }

  async check({ client, ledger }: Desk): Promise<void> {
    const names = ledger.names('token');
    for (const name of names) ledger.found(name, (await isAccepted(client, textOf(name))) ? 'valid' : undefined);
    const revoked = names.filter((name) => ledger.acknowledged(name) === undefined);
    for (const name of revoked.slice(0, -MAX_KEPT)) ledger.forget(name);
  }
}

const textOf = (name: string): string => name.split(':')[2] ?? '';

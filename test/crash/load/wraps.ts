import type { VaultAnswer } from '../../testing/vault-client.ts';
import { expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

const PATH = 'secret/data/crash/wrapped';
const VALUE = { content: 'once' };

/** Answers that are wrapped, and unwrapped once. */
export class Wraps implements Load {
  async step(desk: Desk, worker: number, random: Seeded): Promise<void> {
    const { client, ledger } = desk;
    const mine = ledger.names(`wrap:${worker}`).filter((name) => ledger.acknowledged(name) !== undefined);
    if (mine.length > 0 && random.next() < 0.6) {
      const name = random.pick(mine);
      await ledger.change(name, undefined, () => unwrap(desk, name));
      return;
    }
    let answer = await client.send('GET', PATH, { headers: { 'X-Vault-Wrap-TTL': '300s' } });
    if (answer.status === 404) {
      expectStatus(await client.send('POST', PATH, { body: { data: VALUE } }), 200);
      answer = await client.send('GET', PATH, { headers: { 'X-Vault-Wrap-TTL': '300s' } });
    }
    ledger.note(expectStatus(answer, 200));
    ledger.acknowledge(`wrap:${worker}:${answer.json.wrap_info.token}`, VALUE.content);
  }

  async check(desk: Desk): Promise<void> {
    const { ledger } = desk;
    for (const name of ledger.names('wrap')) {
      const answer = expectStatus(await unwrap(desk, name), 200, 400);
      ledger.note(answer);
      ledger.found(name, answer.status === 200 ? answer.json.data.data.content : undefined);
      expectStatus(await unwrap(desk, name), 400);
      ledger.forget(name);
    }
  }
}

function unwrap({ client }: Desk, name: string): Promise<VaultAnswer> {
  return client.send('POST', 'sys/wrapping/unwrap', { body: { token: name.split(':')[2] } });
}

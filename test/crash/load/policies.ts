import { expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

/** Each worker's own policy, written and deleted. */
export class Policies implements Load {
  async step({ client, ledger }: Desk, worker: number, random: Seeded): Promise<void> {
    const name = `crash-${worker}`;
    const path = `sys/policies/acl/${name}`;
    if (random.next() < 0.2) {
      await ledger.change(`policy:${name}`, undefined, () => client.send('DELETE', path));
      return;
    }
    const policy = `# ${random.next()}\npath "secret/data/${random.below(100)}/*" { capabilities = ["read"] }\n`;
    await ledger.change(`policy:${name}`, policy, () => client.send('PUT', path, { body: { policy } }));
  }

  async check({ client, ledger }: Desk): Promise<void> {
    for (const thing of ledger.names('policy')) {
      const answer = await client.send('GET', `sys/policies/acl/${thing.slice('policy:'.length)}`);
      ledger.found(thing, expectStatus(answer, 200, 404).status === 200 ? answer.json.data.policy : undefined);
    }
  }
}

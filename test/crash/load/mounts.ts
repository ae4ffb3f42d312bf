import { expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

/** Each worker's own mount, enabled with a description of its own and disabled. */
export class Mounts implements Load {
  async step({ client, ledger }: Desk, worker: number, random: Seeded): Promise<void> {
    const path = `crash-${worker}`;
    if (ledger.acknowledged(`mount:${path}/`) !== undefined) {
      await ledger.change(`mount:${path}/`, undefined, () => client.send('DELETE', `sys/mounts/${path}`));
      return;
    }
    const description = `number ${random.next()}`;
    const body = { type: 'kv', description, options: { version: '2' } };
    await ledger.change(`mount:${path}/`, description, () => client.send('POST', `sys/mounts/${path}`, { body }));
  }

  async check({ client, ledger }: Desk): Promise<void> {
    const { data } = expectStatus(await client.send('GET', 'sys/mounts'), 200).json as {
      data: Record<string, { description: string } | undefined>;
    };
    for (const thing of ledger.names('mount')) ledger.found(thing, data[thing.slice('mount:'.length)]?.description);
  }
}

import type { VaultAnswer } from '../../testing/vault-client.ts';
import { BrokenPromise, expectStatus, type State } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

const KEYS_PER_WORKER = 3;

/** Writes with check-and-set, deletions and reads of secrets that belong to one worker each. */
export class Secrets implements Load {
  async step(desk: Desk, worker: number, random: Seeded): Promise<void> {
    const path = `secret/data/crash/${worker}-${random.below(KEYS_PER_WORKER)}`;
    const kind = random.next();
    if (kind < 0.4) await this.#write(desk, path, random);
    else if (kind < 0.5) await this.#remove(desk, path);
    else await this.#read(desk, path);
  }

  async check(desk: Desk): Promise<void> {
    for (const thing of desk.ledger.names('secret')) {
      const answer = await desk.client.send('GET', pathOf(thing));
      desk.ledger.note(answer);
      desk.ledger.found(thing, stateIn(answer));
    }
  }

  async #write({ client, ledger }: Desk, path: string, random: Seeded): Promise<void> {
    const value = `${random.next()} ${'x'.repeat(random.below(2_000))}`;
    const cas = versionOf(ledger.acknowledged(`secret:${path}`));
    const answer = await ledger.change(`secret:${path}`, written(cas + 1, value), () =>
      client.send('POST', path, { body: { data: { value }, options: { cas } } }),
    );
    if (answer.json.data.version !== cas + 1)
      throw new BrokenPromise(`${path}: version ${answer.json.data.version} after ${cas}`);
  }

  async #remove({ client, ledger }: Desk, path: string): Promise<void> {
    const version = versionOf(ledger.acknowledged(`secret:${path}`));
    if (version > 0) await ledger.change(`secret:${path}`, deleted(version), () => client.send('DELETE', path));
  }

  async #read({ client, ledger }: Desk, path: string): Promise<void> {
    const answer = await client.send('GET', path);
    const state = stateIn(answer);
    ledger.note(answer);
    const thing = `secret:${path}`;
    if (!ledger.inDoubt(thing) && state !== ledger.acknowledged(thing))
      throw new BrokenPromise(`${path}: a read gives something else`);
  }
}

const pathOf = (thing: string): string => thing.slice('secret:'.length);
const written = (version: number, value: string): State => `${version} = ${value}`;
const deleted = (version: number): State => `${version} deleted`;
const versionOf = (state: State): number => Number.parseInt(state ?? '0', 10);

function stateIn(answer: VaultAnswer): State {
  const { data } = expectStatus(answer, 200, 404).json as {
    data?: { data: { value: string } | null; metadata: { version: number } };
  };
  if (data === undefined) return undefined;
  return data.data === null ? deleted(data.metadata.version) : written(data.metadata.version, data.data.value);
}

import { BrokenPromise, expectStatus } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

const PATH = 'crash/contested';

/** One secret that all workers write with check-and-set: each version is one attempt, each attempt one version at most. */
export class Contested implements Load {
  #attempts = 0;
  /** Newest version that a check has seen. */
  #seen = 0;
  /** Versions since then, as acknowledged. */
  #acknowledged = new Map<number, string>();
  /** The attempt behind each version ever seen. */
  readonly #used = new Set<string>();

  async step({ client, ledger }: Desk, worker: number, _random: Seeded): Promise<void> {
    if (this.#attempts === 0) {
      await client.send('POST', `secret/metadata/${PATH}`, { body: { max_versions: 10_000 } });
    }
    this.#attempts += 1;
    const attempt = `${this.#attempts} by ${worker}`;
    const current = await client.send('GET', `secret/data/${PATH}`);
    const cas: number = expectStatus(current, 200, 404).json.data?.metadata.version ?? 0;
    const answer = await client.send('POST', `secret/data/${PATH}`, { body: { data: { attempt }, options: { cas } } });
    if (expectStatus(answer, 200, 400).status === 400) return;
    ledger.note(answer);
    const { version } = answer.json.data as { version: number };
    if (version !== cas + 1) throw new BrokenPromise(`check-and-set on ${cas} made version ${version}`);
    if (this.#acknowledged.has(version)) throw new BrokenPromise(`version ${version} was acknowledged twice`);
    this.#acknowledged.set(version, attempt);
  }

  async check({ client }: Desk): Promise<void> {
    if (this.#attempts === 0) return;
    const metadata = expectStatus(await client.send('GET', `secret/metadata/${PATH}`), 200, 404);
    const newest: number = metadata.json.data?.current_version ?? 0;
    for (let version = this.#seen + 1; version <= newest; version++) {
      const answer = expectStatus(await client.send('GET', `secret/data/${PATH}?version=${version}`), 200);
      const { attempt } = answer.json.data.data as { attempt: string };
      const acknowledged = this.#acknowledged.get(version);
      if (acknowledged !== undefined && acknowledged !== attempt) throw new BrokenPromise(`version ${version} is another one's`);
      if (this.#used.has(attempt)) throw new BrokenPromise(`the attempt ${attempt} was made twice`);
      this.#used.add(attempt);
      this.#acknowledged.delete(version);
    }
    if (this.#acknowledged.size > 0) throw new BrokenPromise(`versions ${[...this.#acknowledged.keys()]} are lost`);
    this.#seen = newest;
  }
}

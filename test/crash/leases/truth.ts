import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultClient } from '../../testing/vault-client.ts';
import { BrokenPromise } from '../ledger.ts';
import type { AccountWatch } from './account-watch.ts';
import type { Given, LeaseBook } from './book.ts';
import { type Clients, KEYED } from './clients.ts';
import type { CrashTarget } from './target.ts';

const BOUND_MS = 60_000;
/** What ends just now may be either there or not. */
const EDGE_MS = 1000;
const PAGE = 1000;

interface LeaseRow {
  readonly id: string;
  readonly state: 'creating' | 'doubtful' | 'active' | 'ending';
  readonly role: string;
  readonly external_name: string;
  readonly expire_time: string;
}

export interface TruthDependencies {
  readonly target: CrashTarget;
  readonly mount: string;
  readonly book: LeaseBook;
  readonly watch: AccountWatch;
  readonly clients: Clients;
}

/** Compares what the ledger says, what the target holds and what clients were told. */
export class Truth {
  readonly #on: TruthDependencies;
  /** Milliseconds from the server's start until it knew the password again. */
  slowestPassword = 0;

  constructor(dependencies: TruthDependencies) {
    this.#on = dependencies;
  }

  /** With nobody asking for anything. @throws BrokenPromise */
  async check(client: VaultClient): Promise<void> {
    this.#on.watch.check();
    await this.#checkNotHeld(client);
    const accounts = new Set(await this.#on.target.accounts());
    const asked = Date.now();
    const leases = await leasesOf(client);
    await this.#checkOrphans(client, accounts, leases);
    this.#checkGiven(accounts, new Map(leases.map((lease) => [lease.id, lease])), asked);
    this.#checkKeys(leases, asked);
    await Promise.all([this.#checkIssue(client), this.#checkStatic(client), this.#checkOneLogsIn()]);
  }

  async #checkNotHeld(client: VaultClient): Promise<void> {
    const { json } = await client.send('GET', 'sys/leases/hold');
    if (json.data.held !== false) throw new BrokenPromise(`a crash was taken for a restore: ${JSON.stringify(json.data)}`);
  }

  /** The ledger is written first, so what it does not know is an orphan, however short its life. */
  async #checkOrphans(client: VaultClient, accounts: ReadonlySet<string>, leases: readonly LeaseRow[]): Promise<void> {
    const { target, watch } = this.#on;
    for (const { external_name: name, state, expire_time } of leases) {
      if (state === 'active') watch.due(name, Date.parse(expire_time));
      else watch.dueBy(name, Date.now());
    }
    const known = new Set(leases.map(({ external_name }) => external_name));
    const unknown = [...accounts].filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    // Taken back between the two looks, or not.
    const still = new Set(await target.accounts());
    const later = new Set((await leasesOf(client)).map(({ external_name }) => external_name));
    const orphans = unknown.filter((name) => still.has(name) && !later.has(name));
    if (orphans.length > 0) throw new BrokenPromise(`orphans at the target: ${orphans.join(', ')}`);
  }

  #checkGiven(accounts: ReadonlySet<string>, leases: ReadonlyMap<string, LeaseRow>, now: number): void {
    for (const given of this.#on.book.all) {
      const lease = leases.get(given.id);
      if (given.state === 'asked') this.#resolve(given, lease, now);
      if (given.state === 'active') checkActive(given, { lease, there: accounts.has(given.username), now });
      else if (given.gone && accounts.has(given.username))
        throw new BrokenPromise(`revoked and waited for, and there: ${given.id}`);
      else if (lease?.state === 'active') throw new BrokenPromise(`revoked, and active: ${given.id}`);
      const over = given.state === 'revoked' ? given.revokedAt : given.endsBefore;
      if (now < over + BOUND_MS) continue;
      if (accounts.has(given.username)) throw new BrokenPromise(`there a minute after its end: ${given.id}`);
      this.#on.book.forget(given.id);
    }
  }

  /** A revocation that was not answered was done wholly, begun, or not at all. */
  #resolve(given: Given, lease: LeaseRow | undefined, now: number): void {
    given.busy = false;
    if (lease?.state === 'active') given.state = 'active';
    else Object.assign(given, { state: 'revoked', revokedAt: now });
  }

  /** For one key there is one credential that works, whether its client has heard of it or not. */
  #checkKeys(leases: readonly LeaseRow[], now: number): void {
    for (let slot = 0; slot < KEYED; slot++) {
      const unheard = leases.filter(
        ({ id, role, state, expire_time }) =>
          role === `keyed-${slot}` && state === 'active' && Date.parse(expire_time) > now && this.#on.book.find(id) === undefined,
      );
      const most = this.#on.clients.isInDoubt(slot) ? 1 : 0;
      if (unheard.length > most) throw new BrokenPromise(`${unheard.length} credentials for one key that nobody was given`);
    }
  }

  /** The configured account still gets in. */
  async #checkIssue(client: VaultClient): Promise<void> {
    const { mount, watch, target } = this.#on;
    const { json } = await this.#untilAnswered(client, `${mount}/creds/train`, 'POST');
    watch.due(json.data.username, Date.now() + json.lease_duration * 1000 + EDGE_MS);
    if (!(await target.logsIn(json.data.username, json.data.password))) throw new BrokenPromise('a new credential does not work');
    const revoked = await client.send('POST', 'sys/leases/revoke', { body: { lease_id: json.lease_id } });
    if (revoked.status === 204) watch.due(json.data.username, Date.now());
  }

  async #checkStatic(client: VaultClient): Promise<void> {
    const { mount, target } = this.#on;
    if (target.staticAccount === undefined) return;
    // It may be changed in time between the answer and the log-in: then the next answer is another one.
    for (let [before, good] = ['', 0]; good < 2; ) {
      const { data } = (await this.#untilAnswered(client, `${mount}/static-creds/app`, 'GET')).json;
      // What a program could not be told must fail here, not in the client.
      const printable = /^[!-~]+$/.test(data.password);
      if (printable && (await target.logsIn(data.username, data.password))) {
        good += 1;
        continue;
      }
      if (data.password === before) throw new BrokenPromise('the password of a static role is lost');
      before = data.password;
      await sleep(EDGE_MS);
    }
  }

  async #checkOneLogsIn(): Promise<void> {
    const now = Date.now();
    const given = this.#on.book.all.find(({ state, endsAfter }) => state === 'active' && endsAfter > now + 5 * EDGE_MS);
    if (given === undefined || (await this.#on.target.logsIn(given.username, given.password))) return;
    throw new BrokenPromise(`given, and does not work: ${given.id}`);
  }

  async #untilAnswered(client: VaultClient, path: string, method: string) {
    const began = Date.now();
    for (;;) {
      const answer = await client.send(method, path, method === 'POST' ? { body: { ttl: 20 } } : {});
      if (answer.status === 200) {
        this.slowestPassword = Math.max(this.slowestPassword, Date.now() - began);
        return answer;
      }
      if (Date.now() > began + BOUND_MS) throw new BrokenPromise(`${path}: ${answer.status} ${answer.text}`);
      await sleep(100);
    }
  }
}

function checkActive(
  { id, endsAfter, endsBefore }: Given,
  { lease, there, now }: { lease: LeaseRow | undefined; there: boolean; now: number },
): void {
  if (now > endsAfter - EDGE_MS) return;
  if (lease === undefined) throw new BrokenPromise(`lost from the ledger: ${id}`);
  if (lease.state !== 'active') throw new BrokenPromise(`given, and ${lease.state}: ${id}`);
  if (!there) throw new BrokenPromise(`given, and not at the target: ${id}`);
  const expires = Date.parse(lease.expire_time);
  if (expires < endsAfter - EDGE_MS || expires > endsBefore + EDGE_MS) throw new BrokenPromise(`ends at another time: ${id}`);
}

export async function leasesOf(client: VaultClient): Promise<readonly LeaseRow[]> {
  const found: LeaseRow[] = [];
  for (let after = ''; ; ) {
    const { status, json, text } = await client.send('GET', `sys/leases/search?limit=${PAGE}&after=${encodeURIComponent(after)}`);
    if (status !== 200) throw new BrokenPromise(`the leases cannot be looked at: ${status} ${text}`);
    found.push(...json.data.leases);
    if (json.data.next === null) return found;
    after = json.data.next;
  }
}

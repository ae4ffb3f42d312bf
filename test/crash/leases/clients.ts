import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultAnswer, VaultClient } from '../../testing/vault-client.ts';
import { BrokenPromise } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { AccountWatch } from './account-watch.ts';
import { type Given, type LeaseBook, lifeOf } from './book.ts';
import type { Request } from './crash-points.ts';

/** Workers that ask with idempotency keys, each at a role of its own. */
export const KEYED = 2;
const WORKERS = 6;
const LONG_S = 300;
/** Less than a tenth of the lease of a keyed role. */
const REPEATABLE_MS = 2500;

/** One server's life, as clients see it. */
export interface Life {
  readonly client: VaultClient;
  /** True from the moment on from which nothing need be answered. */
  readonly killed: () => boolean;
  readonly sent: (request: Request) => void;
  readonly told: (request: Request) => void;
  /** More often than the others. */
  readonly favourite: Request | undefined;
}

export interface ClientsDependencies {
  readonly mount: string;
  readonly book: LeaseBook;
  readonly watch: AccountWatch;
  readonly random: Seeded;
  readonly rotate: string;
  readonly hasStatic: boolean;
  /** Ids of requests that were answered with success. */
  readonly answered: Set<string>;
}

/** A key that is going to be used again. */
interface Key {
  readonly value: string;
  /** What was given for it, if it was answered. */
  readonly earlier: Given | undefined;
  readonly issuedAt: number;
}

/** Several clients at once: what they ask for, and what they write down about it. */
export class Clients {
  readonly #on: ClientsDependencies;
  readonly #keys: (Key | undefined)[] = Array.from({ length: KEYED }, () => undefined);

  constructor(dependencies: ClientsDependencies) {
    this.#on = dependencies;
  }

  /** Whether there may be a credential that no client was given. */
  isInDoubt(slot: number): boolean {
    return this.#keys[slot] !== undefined;
  }

  /** Until the server is killed. @throws BrokenPromise */
  async work(life: Life): Promise<void> {
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => this.#worker(worker, life)));
  }

  async #worker(worker: number, life: Life): Promise<void> {
    while (!life.killed()) {
      try {
        await this.#step(worker, life);
      } catch (error) {
        if (error instanceof BrokenPromise || !life.killed()) throw error;
      }
      await sleep(5 + this.#on.random.below(30));
    }
  }

  async #step(worker: number, life: Life): Promise<void> {
    const { random } = this.#on;
    const kind =
      life.favourite !== undefined && random.next() < 0.5
        ? life.favourite
        : random.pick(['issue', 'issue', 'renew', 'revoke'] as const);
    if (worker === 0 && (kind === 'password' || random.next() < 0.2)) return this.#password(life);
    if (worker > WORKERS - 1 - KEYED && (kind === 'issue' || random.next() < 0.3)) return this.#keyed(WORKERS - 1 - worker, life);
    if (kind === 'renew') return this.#renew(life);
    if (kind === 'revoke') return this.#revoke(life);
    return this.#issue(life);
  }

  async #issue(life: Life): Promise<void> {
    const { mount, random } = this.#on;
    const asked = Date.now();
    const body = { ttl: 3 + random.below(28) };
    const answer = await this.#send(life, 'issue', `${mount}/creds/train`, { body });
    if (answer.status === 200) this.#note(answer, asked);
  }

  /** Again and again with the same key until it is answered, in a later life if need be; and sometimes once more. */
  async #keyed(slot: number, life: Life): Promise<void> {
    const kept = this.#keys[slot];
    // The first request may have issued it, however often its answer was lost.
    const key = kept ?? { value: randomBytes(9).toString('base64url'), earlier: undefined, issuedAt: Date.now() };
    this.#keys[slot] = key;
    const { earlier } = key;
    const asked = Date.now();
    // Whoever asks too late for the same answer gives up what was issued first.
    if (earlier !== undefined && earlier.state === 'active') earlier.state = 'asked';
    const headers = { 'Idempotency-Key': key.value };
    const answer = await this.#send(life, 'issue', `${this.#on.mount}/creds/keyed-${slot}`, { body: {}, headers });
    if (answer.status !== 200) return void (await sleep(100));
    this.#keys[slot] = undefined;
    const given = this.#note(answer, asked);
    if (earlier !== undefined) this.#compare(key, given, answer);
    if (earlier === undefined && this.#on.random.next() < 0.5) {
      given.keyed = true;
      this.#keys[slot] = { ...key, earlier: given };
    }
  }

  #compare({ earlier, issuedAt }: Key, given: Given, { json }: VaultAnswer): void {
    if (earlier === given) {
      given.keyed = false;
      if (json.data.password !== given.password) throw new BrokenPromise('a repeated answer holds another password');
      if (given.state === 'asked') given.state = 'active';
      return;
    }
    if (earlier?.state !== 'asked') return;
    if (Date.now() < issuedAt + REPEATABLE_MS) throw new BrokenPromise('one idempotency key had two credentials at once');
    this.#revoked(earlier, false);
  }

  #note({ json }: VaultAnswer, asked: number): Given {
    const { book, watch } = this.#on;
    const { lease_id: id, lease_duration: ttl, data } = json;
    const before = book.find(id);
    if (before !== undefined) return before;
    const given = book.add({ id, username: data.username, password: data.password }, { asked, ttl });
    watch.due(given.username, given.endsBefore);
    return given;
  }

  async #renew(life: Life): Promise<void> {
    const { book, watch, random } = this.#on;
    const given = book.pick(random);
    if (given === undefined) return this.#issue(life);
    // Some for so long that a target that has heard of it alone would keep it for minutes.
    const increment = random.next() < 0.2 ? LONG_S : 3 + random.below(28);
    const asked = Date.now();
    const { endsAfter, endsBefore } = given;
    given.busy = true;
    given.endsAfter = Math.min(endsAfter, asked + increment * 1000 - 1000);
    given.endsBefore = Number.POSITIVE_INFINITY;
    watch.due(given.username, Number.POSITIVE_INFINITY);
    try {
      const answer = await this.#send(life, 'renew', 'sys/leases/renew', { body: { lease_id: given.id, increment } });
      if (answer.status === 200) Object.assign(given, lifeOf(asked, answer.json.lease_duration));
      else given.endsBefore = Math.max(endsBefore, Date.now() + increment * 1000 + 1000);
      book.renewed += answer.status === 200 ? 1 : 0;
      watch.due(given.username, given.endsBefore);
    } finally {
      if (given.endsBefore === Number.POSITIVE_INFINITY)
        given.endsBefore = Math.max(endsBefore, Date.now() + increment * 1000 + 1000);
      given.busy = false;
    }
  }

  async #revoke(life: Life): Promise<void> {
    const { book, random } = this.#on;
    const given = book.pick(random);
    if (given === undefined) return this.#issue(life);
    const sync = random.next() < 0.5;
    given.state = 'asked';
    const answer = await this.#send(life, 'revoke', 'sys/leases/revoke', { body: { lease_id: given.id, sync } });
    if (answer.status === 204) this.#revoked(given, sync);
  }

  #revoked(given: Given, gone: boolean): void {
    Object.assign(given, { state: 'revoked', revokedAt: Date.now(), gone });
    this.#on.watch.due(given.username, given.revokedAt);
    this.#on.book.revoked += 1;
  }

  async #password(life: Life): Promise<void> {
    const { mount, rotate, hasStatic, random, book } = this.#on;
    const path = hasStatic && random.next() < 0.5 ? `${mount}/rotate-role/app` : `${mount}/${rotate}`;
    const answer = await this.#send(life, 'password', path, {});
    if (answer.status < 300) book.passwords += 1;
  }

  async #send(life: Life, request: Request, path: string, asked: object): Promise<VaultAnswer> {
    const answering = life.client.send('POST', path, asked);
    life.sent(request);
    const answer = await answering;
    life.told(request);
    if (answer.status >= 300) this.#on.book.refusal(`${request} ${answer.status} ${shortened(answer)}`);
    if (answer.status >= 500 && answer.status !== 503)
      throw new BrokenPromise(`${path} was answered with ${answer.status}: ${answer.text}`);
    const id = answer.json?.request_id;
    if (answer.status < 300 && typeof id === 'string' && id !== '') this.#on.answered.add(id);
    return answer;
  }
}

const shortened = ({ json, text }: VaultAnswer): string => String(json?.errors?.[0] ?? text).slice(0, 80);

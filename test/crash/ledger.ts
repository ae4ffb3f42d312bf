import type { VaultAnswer } from '../testing/vault-client.ts';

/** What a request would have led to; `undefined` means that the thing is not there. */
export type State = string | undefined;

interface Known {
  readonly acknowledged: State;
  /** Asked for, without an answer: it happened wholly or not at all. */
  readonly asked?: { readonly state: State };
}

/** The server has not kept a promise. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

/** The server says that it cannot tell, as a broken connection does. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** @throws BrokenPromise for a status that such a request does not have; Unavailable for 503 */
export function expectStatus(answer: VaultAnswer, ...statuses: number[]): VaultAnswer {
  if (statuses.includes(answer.status)) return answer;
  if (answer.status === 503) throw new Unavailable(answer.text.slice(0, 200));
  throw new BrokenPromise(`${statuses.join(' or ')} was expected, not ${answer.status}: ${answer.text.slice(0, 200)}`);
}

/**
 * What a client was told, kept beside the server so that it survives the server's crash. Each thing has at most one request on its
 * way.
 */
export class Ledger {
  readonly #things = new Map<string, Known>();
  /** Requests that were answered with success, until the log was seen to say so. */
  readonly answered = new Set<string>();

  acknowledged(thing: string): State {
    return this.#things.get(thing)?.acknowledged;
  }

  names(kind: string): readonly string[] {
    return [...this.#things.keys()].filter((name) => name.startsWith(`${kind}:`));
  }

  inDoubt(thing: string): boolean {
    return this.#things.get(thing)?.asked !== undefined;
  }

  /**
   * Sends a request that turns the thing into `state`; without an answer it is in doubt until {@link found}.
   * @throws Unavailable without sending anything while it is in doubt
   */
  async change(thing: string, state: State, send: () => Promise<VaultAnswer>): Promise<VaultAnswer> {
    if (this.inDoubt(thing)) throw new Unavailable(`${thing} is in doubt`);
    this.#things.set(thing, { acknowledged: this.acknowledged(thing), asked: { state } });
    const answer = expectStatus(await send(), 200, 204);
    this.acknowledge(thing, state);
    this.note(answer);
    return answer;
  }

  acknowledge(thing: string, state: State): void {
    this.#things.set(thing, { acknowledged: state });
  }

  note(answer: VaultAnswer): void {
    const id = answer.json?.request_id;
    if (answer.status < 300 && typeof id === 'string' && id !== '') this.answered.add(id);
  }

  /** @throws BrokenPromise unless this is what was acknowledged or was asked for without an answer. Then it counts as acknowledged. */
  found(thing: string, state: State): void {
    const known = this.#things.get(thing);
    const possible = [known?.acknowledged, ...(known?.asked === undefined ? [] : [known.asked.state])];
    if (!possible.includes(state)) {
      throw new BrokenPromise(`${thing} is ${shown(state)}; it can only be ${possible.map(shown).join(' or ')}`);
    }
    this.acknowledge(thing, state);
  }

  forget(thing: string): void {
    this.#things.delete(thing);
  }
}

const shown = (state: State): string => (state === undefined ? 'missing' : JSON.stringify(state));

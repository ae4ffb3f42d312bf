import type { VaultAnswer, VaultClient } from '../testing/vault-client.ts';

/** What a request would have led to; `undefined` means that the thing is not there. */
export type State = string | undefined;

/** What a client knows of one thing that only it changes. */
interface Known {
  readonly acknowledged: State;
  /** Asked for, without an answer: it happened wholly or not at all. */
  readonly asked?: { readonly state: State };
}

/**
 * What a client was told. Things are named by text; each has at most one request on its way. Everything is as it would be written in
 * a notebook beside the server: it survives the server's crash.
 */
export class Ledger {
  readonly #things = new Map<string, Known>();
  readonly #touched = new Set<string>();
  /** Requests whose answers arrived, of which the log must say that they succeeded. */
  readonly answered = new Set<string>();

  acknowledged(thing: string): State {
    return this.#things.get(thing)?.acknowledged;
  }

  /** Whether a request for it got no answer, so that nobody knows before the next check. */
  inDoubt(thing: string): boolean {
    return this.#things.get(thing)?.asked !== undefined;
  }

  names(kind: string): readonly string[] {
    return [...this.#things.keys()].filter((name) => name.startsWith(`${kind}:`));
  }

  /**
   * Sends a request that turns the thing into `state`. An answer below 300 acknowledges it, any other answer says that nothing
   * changed; a broken connection leaves it in doubt.
   */
  async change(thing: string, state: State, send: () => Promise<VaultAnswer>): Promise<VaultAnswer> {
    const acknowledged = this.acknowledged(thing);
    this.#things.set(thing, { acknowledged, asked: { state } });
    this.#touched.add(thing);
    const answer = await send();
    if (answer.status !== 503) this.#things.set(thing, { acknowledged: answer.status < 300 ? state : acknowledged });
    this.note(answer);
    return answer;
  }

  note(answer: VaultAnswer): void {
    const id = answer.json?.request_id;
    if (answer.status < 300 && typeof id === 'string' && id !== '') this.answered.add(id);
  }

  /** After a crash: what was found must be what was acknowledged, or what was asked for. From then on it counts as acknowledged. */
  found(thing: string, state: State): void {
    const known = this.#things.get(thing);
    const possible = known === undefined ? [undefined] : [known.acknowledged, ...(known.asked ? [known.asked.state] : [])];
    if (!possible.includes(state)) {
      throw new Error(`${thing} is ${print(state)}, but it can only be ${possible.map(print).join(' or ')}`);
    }
    this.#things.set(thing, { acknowledged: state });
  }

  forget(thing: string): void {
    this.#things.delete(thing);
    this.#touched.delete(thing);
  }

  /** What was touched since the last call, and some of the rest. */
  due(kind: string, alsoUpTo = 0): readonly string[] {
    const names = this.names(kind);
    const touched = names.filter((name) => this.#touched.has(name));
    for (const name of touched) this.#touched.delete(name);
    const others = names.filter((name) => !touched.includes(name));
    return [...touched, ...others.slice(0, alsoUpTo)];
  }
}

const print = (state: State): string => (state === undefined ? 'missing' : state);

/** Everything that a part of the load needs. */
export interface Desk {
  readonly client: VaultClient;
  readonly ledger: Ledger;
}

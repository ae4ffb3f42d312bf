import { createHash } from 'node:crypto';
import type { Clock } from '../../foundation/ports.ts';
import type { Answer, Liveness, Question, Verifier } from './verifier.ts';

/** Sends one question. Follows no redirect. Rejects when there is no answer in time. */
export type Exchange = (host: string, question: Question) => Promise<Answer>;

interface VerificationOptions {
  readonly verifiers: readonly Verifier[];
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** Least milliseconds between two questions to one host. */
  readonly pauseMs: number;
}

/**
 * Asks providers whether findings are alive. Each distinct secret is sent once, to its own provider's host alone and not faster
 * than the pause allows; a host that limits us is not asked again. Nothing here decides whether a finding is one: an answer of a
 * provider can be wrong too (`docs/reference/scan/verification.md`).
 */
export class Verification {
  readonly #options: VerificationOptions;
  readonly #byDetector = new Map<string, Verifier>();
  readonly #answers = new Map<string, Promise<Liveness>>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #limited = new Set<string>();

  constructor(options: VerificationOptions) {
    this.#options = options;
    for (const verifier of options.verifiers) for (const id of verifier.detectors) this.#byDetector.set(id, verifier);
  }

  /** Undefined when no chosen provider issues what this detector finds. Never rejects. */
  async check(detector: string, value: Uint8Array): Promise<Liveness | undefined> {
    const verifier = this.#byDetector.get(detector);
    if (verifier === undefined) return undefined;
    const key = `${verifier.kind}:${createHash('sha256').update(value).digest('hex')}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#ask(verifier, Buffer.from(value).toString('latin1'));
    this.#answers.set(key, answer);
    return answer;
  }

  async #ask(verifier: Verifier, value: string): Promise<Liveness> {
    await this.#turn(verifier.host);
    if (this.#limited.has(verifier.host)) return 'unknown';
    try {
      const answer = await this.#options.exchange(verifier.host, verifier.ask(value));
      if (answer.status === 429) this.#limited.add(verifier.host);
      return verifier.read(answer);
    } catch {
      return 'unknown';
    }
  }

  /** One at a time for each host, with the pause in between. */
  #turn(host: string): Promise<void> {
    const { clock, pauseMs } = this.#options;
    const before = this.#turns.get(host);
    const mine = before === undefined ? Promise.resolve() : before.then(() => clock.sleep(pauseMs));
    this.#turns.set(host, mine);
    return mine;
  }
}

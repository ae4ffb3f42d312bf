import type { ErrorCode, WatchwordError } from '../foundation/errors.ts';
import { type AdmissionDependencies, limited } from './admission.ts';
import type { Recorder } from './recorder.ts';

const tokenErrors: readonly ErrorCode[] = ['access.token-missing', 'access.token-invalid'];

/** Which refusals have an event of their own: strangers have shares of the log, and what is beyond them is counted. */
export class RefusalShares {
  readonly #on: Pick<AdmissionDependencies, 'limiter' | 'attempts'>;

  constructor(on: Pick<AdmissionDependencies, 'limiter' | 'attempts'>) {
    this.#on = on;
  }

  /** What to answer with where the log does not hear of the refusal, or has heard of it already; undefined where it shall. */
  answerWithoutEvent(refusal: WatchwordError, recorder: Recorder): WatchwordError | undefined {
    if (refusal.code === 'request.limited') return refusal;
    const isHeard = recorder.attempt === undefined ? undefined : this.#isTryHeard(refusal, recorder);
    if (recorder.settled) return refusal;
    // Who was not decided about shall come back, heard of or not; who is refused shall not learn more than that he is.
    if (isHeard === false) return refusal.kind === 'denied' ? limited() : refusal;
    if (isHeard === undefined && this.#isStranger(refusal, recorder) && !this.#on.limiter.admit(recorder.address))
      return limited();
    return undefined;
  }

  /** A login that was refused in its transaction has its events already, and counts all the same. */
  #isTryHeard({ kind }: WatchwordError, { attempt, address }: Recorder): boolean {
    const { attempts } = this.#on;
    if (attempt === undefined) return true;
    return kind === 'denied' ? attempts.refused(address, attempt) : attempts.undecided(address, attempt);
  }

  /**
   * Whoever has a token may be told of an invalid one as well, and each such answer is logged. What is public and not recorded is
   * limited when it is refused only: then it is recorded after all.
   */
  #isStranger({ code }: WatchwordError, { caller, recorded, triesFreely }: Recorder): boolean {
    return caller === undefined && (!recorded || triesFreely || tokenErrors.includes(code));
  }
}

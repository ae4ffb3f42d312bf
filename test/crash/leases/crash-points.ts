import type { Seeded } from '../seeded.ts';
import type { CrashTarget, Verb } from './target.ts';
import type { Moment } from './target-proxy.ts';

/** What clients ask for, as far as crashes aim at it. */
export type Request = 'issue' | 'renew' | 'revoke' | 'password';

/** Where the server is killed. */
export type CrashPoint =
  | { readonly at: 'random'; readonly ms: number }
  | { readonly at: 'start'; readonly ms: number }
  | { readonly at: 'target'; readonly verb: Verb; readonly moment: Moment; readonly skip: number; readonly delayMs: number }
  /** `sent`: so long after a request was sent; `told`: once its answer is there. */
  | { readonly at: 'client'; readonly request: Request; readonly moment: 'sent' | 'told'; readonly delayMs: number };

const requests = ['issue', 'renew', 'revoke', 'password'] as const;
const moments = ['before', 'asked', 'answered'] as const;

/** Every point of a target, one after the other, so that none is left out; what is random about them is the delay. */
export class CrashPoints {
  readonly #named: readonly CrashPoint[];
  readonly #random: Seeded;
  #next = 0;

  constructor({ words }: CrashTarget, random: Seeded) {
    this.#random = random;
    const ofTarget = (Object.keys(words) as Verb[]).flatMap((verb) =>
      moments.map((moment) => ({ at: 'target', verb, moment, skip: 0, delayMs: 0 }) as const),
    );
    const ofClients = requests.flatMap((request) =>
      (['sent', 'told'] as const).map((moment) => ({ at: 'client', request, moment, delayMs: 0 }) as const),
    );
    this.#named = [...ofTarget, ...ofClients];
  }

  /** A third of the crashes at random, some while the server starts, the others at named points in turn. */
  next(): CrashPoint {
    const dice = this.#random.next();
    if (dice < 0.3) return { at: 'random', ms: this.#random.below(1500) };
    if (dice < 0.38) return { at: 'start', ms: 100 + this.#random.below(1400) };
    const point = this.#named[this.#next % this.#named.length] as CrashPoint;
    this.#next += 1;
    const often = point.at === 'target' && point.verb !== 'password';
    if (point.at === 'target') return { ...point, skip: this.#random.below(often ? 6 : 2), delayMs: this.#random.below(15) };
    return point.at === 'client' ? { ...point, delayMs: this.#random.below(12) } : point;
  }
}

export function nameOf(point: CrashPoint): string {
  if (point.at === 'target') return `${point.verb} ${point.moment}`;
  return point.at === 'client' ? `${point.request} ${point.moment}` : point.at;
}

/** The request by which the point is reached. */
export function wayTo(point: CrashPoint): Request | undefined {
  if (point.at === 'client') return point.request;
  if (point.at !== 'target') return undefined;
  return point.verb === 'create' || point.verb === 'commit' ? 'issue' : point.verb;
}

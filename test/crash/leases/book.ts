import type { Seeded } from '../seeded.ts';

/** A credential that a client was given, and what it knows of it. Times are milliseconds since the epoch. */
export interface Given {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  /** The earliest and the latest moment that it may end by itself. */
  endsAfter: number;
  endsBefore: number;
  /** `asked`: somebody wants it revoked, and was not answered. */
  state: 'active' | 'asked' | 'revoked';
  /** When that was acknowledged. */
  revokedAt: number;
  /** Acknowledged as gone, not as going. */
  gone: boolean;
  /** A request about it is on its way. */
  busy: boolean;
  /** It is going to be asked for again by its key, and left alone until then. */
  keyed: boolean;
}

/** Half a second for rounding, and what a clock's tick may add. */
const ROUNDING_MS = 600;

/** What clients were told, kept beside the server so that it survives the server's crash. */
export class LeaseBook {
  readonly #given = new Map<string, Given>();
  issued = 0;
  renewed = 0;
  revoked = 0;
  passwords = 0;
  /** Answers that were no success, by what they said. */
  readonly refusals = new Map<string, number>();

  get all(): readonly Given[] {
    return [...this.#given.values()];
  }

  find(id: string): Given | undefined {
    return this.#given.get(id);
  }

  /** @param asked when the request was sent; the answer has just come */
  add(given: Pick<Given, 'id' | 'username' | 'password'>, { asked, ttl }: { asked: number; ttl: number }): Given {
    const added: Given = {
      ...given,
      ...lifeOf(asked, ttl),
      state: 'active',
      revokedAt: 0,
      gone: false,
      busy: false,
      keyed: false,
    };
    this.#given.set(given.id, added);
    this.issued += 1;
    return added;
  }

  /** One that nobody is asking for, and that goes on for a second at least. */
  pick(random: Seeded): Given | undefined {
    const now = Date.now();
    const living = this.all.filter(
      ({ state, busy, keyed, endsAfter }) => state === 'active' && !busy && !keyed && endsAfter > now + 1000,
    );
    return living.length === 0 ? undefined : random.pick(living);
  }

  forget(id: string): void {
    this.#given.delete(id);
  }

  refusal(said: string): void {
    this.refusals.set(said, (this.refusals.get(said) ?? 0) + 1);
  }
}

/** @param ttl seconds, as answered */
export function lifeOf(asked: number, ttl: number): Pick<Given, 'endsAfter' | 'endsBefore'> {
  return { endsAfter: asked + ttl * 1000 - ROUNDING_MS, endsBefore: Date.now() + ttl * 1000 + ROUNDING_MS };
}

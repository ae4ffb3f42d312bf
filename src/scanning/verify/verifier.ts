/** Whether the provider still accepts a credential. `unknown` whenever its answer does not say. */
export type Liveness = 'live' | 'dead' | 'unknown';

/** One question to a provider that changes nothing there. */
export interface Question {
  /** Path and query on the verifier's host. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A POST, only where the provider's read-only question is one. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** At most 64 KiB. */
  readonly body: string;
}

/**
 * How one provider is asked whether a credential is alive: one request, read-only and free of charge, to one fixed host, by the
 * vendor's documentation.
 */
export interface Verifier {
  /** Kebab-case: `--verify github`. */
  readonly kind: string;
  /** Ids of the detectors whose findings it can ask about. */
  readonly detectors: readonly string[];
  /** The only host that the credential is sent to, over TLS. */
  readonly host: string;
  ask(value: string): Question;
  read(answer: Answer): Liveness;
  /** The vendor's page that describes the request. */
  readonly source: string;
}

import type { AuditLog, AuditRecord, Facts } from '../audit/contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Principal } from '../foundation/principal.ts';
import { Secret } from '../foundation/secret.ts';
import { printWithSecrets } from '../foundation/secret-json.ts';
import type { Attempt } from './attempt-limiter.ts';
import type { AnyOperation, Call, Session } from './operation.ts';

/** The audit events of one request. Whatever an operation does not declare clear is digested. */
export class Recorder {
  readonly #audit: AuditLog;
  readonly #operation: AnyOperation;
  readonly #call: Call;
  readonly #digesting: boolean;
  readonly time: number;
  #session: Session | undefined;
  #identified: Principal | undefined;
  /** What the request tries, where anybody may try it: mount and role, or mount and user. Known once the input is. */
  attempt: Attempt | undefined;
  /** The request's use of its token is durable, however the rest of it goes. */
  useTaken = false;
  #path: string;
  #granted: readonly string[] | undefined;
  #facts: Facts | undefined;
  #requestDigests: readonly string[] | undefined;
  #responseDigests: readonly string[] | undefined;
  #intent: number | undefined;
  /** True once the log says how the request ended. */
  settled = false;

  constructor(audit: AuditLog, operation: AnyOperation, call: Call, time: number, digesting: boolean) {
    this.#audit = audit;
    this.#operation = operation;
    this.#call = call;
    this.#digesting = digesting;
    this.#path = call.requestPath === undefined ? call.mount.path : bounded(call.requestPath);
    this.time = time;
  }

  get requestId(): string {
    return this.#call.id;
  }

  get address(): string {
    return this.#call.remote.address;
  }

  get caller(): Session | undefined {
    return this.#session;
  }

  get recorded(): boolean {
    return this.#operation.event.recorded !== false;
  }

  /** Whether requests for this operation were let in without having been counted. */
  get triesFreely(): boolean {
    return this.#operation.attempt !== undefined;
  }

  /** A login's answer to who calls. */
  identify(principal: Principal): void {
    this.#identified = principal;
  }

  session(session: Session): void {
    this.#session = session;
  }

  input(input: unknown): void {
    this.#path = this.#operation.path(input, this.#call.mount);
    const { attempt } = this.#operation;
    if (attempt !== undefined) {
      this.attempt = { key: JSON.stringify([this.#call.mount.id, attempt.of(input)]), guessable: attempt.guessable };
    }
    if (typeof input !== 'object' || input === null) return;
    const clear: readonly string[] = this.#operation.event.clear;
    const facts: Record<string, Facts[string]> = {};
    const hidden: Record<string, unknown> = {};
    let anyHidden = false;
    for (const [name, value] of Object.entries(input)) {
      if (value === undefined) continue;
      if (clear.includes(name) && isFact(value)) facts[name] = value;
      else {
        hidden[name] = value;
        anyHidden = true;
      }
    }
    this.note(facts);
    if (anyHidden && this.#digesting) this.#requestDigests = this.#digestsOf(hidden);
  }

  grantedBy(policies: readonly string[]): void {
    this.#granted = policies;
  }

  note(facts: Facts): void {
    this.#facts = this.#facts === undefined ? facts : { ...this.#facts, ...facts };
  }

  responseDigests(digests: readonly string[]): void {
    this.#responseDigests = digests;
  }

  /** A read: one event, durable when this resolves. */
  async complete(output: unknown): Promise<void> {
    await this.#conclude('complete', output);
  }

  /** Before a change: resolves with the intent's index once it is durable. */
  async intent(): Promise<number> {
    const intent = await this.#audit.append(this.#record('intent', 'pending'));
    this.#intent = intent;
    return intent;
  }

  async outcome(output: unknown): Promise<void> {
    await this.#conclude('outcome', output);
  }

  async #conclude(phase: 'complete' | 'outcome', output: unknown): Promise<void> {
    // The change has happened: whatever fails from here on, no event may say that it did not.
    if (phase === 'outcome') this.settled = true;
    if (this.#responseDigests === undefined && output !== null && output !== undefined && this.#digesting && this.recorded) {
      this.#responseDigests = [this.#wholeDigest(output)];
    }
    // Whether or not this event becomes durable, no other event may say that the request ended differently.
    this.settled = true;
    if (this.recorded) await this.#audit.append(this.#record(phase, 'success'));
  }

  /**
   * After an intent: the change did not happen. True when the log says so; false when it could not be written (the
   * settlement after the next start says it then).
   */
  async failed(error: unknown): Promise<boolean> {
    if (this.settled) return false;
    try {
      await this.refused(error instanceof WatchwordError ? error : new WatchwordError('internal'));
      return true;
    } catch {
      this.settled = true;
      return false;
    }
  }

  async refused(error: WatchwordError): Promise<void> {
    this.settled = true;
    const phase = this.#intent === undefined ? 'complete' : 'outcome';
    const record = this.#record(phase, error.kind === 'denied' ? 'denied' : 'failure');
    await this.#audit.append({ ...record, errorCode: error.code, reason: error.reason });
  }

  #record(phase: AuditRecord['phase'], outcome: AuditRecord['outcome']): AuditRecord {
    const { mount } = this.#call;
    return {
      phase,
      outcome,
      class: this.#operation.event.class,
      activity: this.#operation.event.activity,
      operation: this.#operation.name,
      time: this.time,
      requestId: this.#call.id,
      principal: this.#session?.principal ?? this.#identified,
      remote: this.#call.remote,
      namespace: this.#call.namespace,
      path: this.#path,
      mount: { id: mount.id, path: mount.path, kind: mount.kind },
      intent: this.#intent,
      grantedBy: this.#granted,
      facts: this.#facts,
      requestDigests: this.#requestDigests,
      responseDigests: phase === 'intent' ? undefined : this.#responseDigests,
    };
  }

  #digestsOf(hidden: Record<string, unknown>): readonly string[] {
    const { digester } = this.#audit;
    return Object.values(hidden).flatMap((value) =>
      value instanceof Secret
        ? [digester.value(value.bytes)]
        : holdsSecret(value)
          ? [this.#wholeDigest(value)]
          : digester.leaves(value),
    );
  }

  #wholeDigest(value: unknown): string {
    const printed = printWithSecrets(value);
    try {
      return this.#audit.digester.value(printed);
    } finally {
      printed.fill(0);
    }
  }
}

/** What nobody has checked yet takes no more room in the log than this, in characters. */
const MAX_REQUEST_PATH = 1024;

function bounded(path: string): string {
  return path.length <= MAX_REQUEST_PATH ? path : path.slice(0, MAX_REQUEST_PATH).toWellFormed();
}

function isFact(value: unknown): value is Facts[string] {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return true;
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Secret || Object.values(value).some(holdsSecret);
}

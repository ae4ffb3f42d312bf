import { isDeepStrictEqual } from 'node:util';
import type { AuditLog, Digester, Facts } from '../audit/contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Capability } from '../policy/capability.ts';
import type { Storage } from '../storage/contract.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Authorizer } from './authorizer.ts';
import { type Authenticator, BarredToken, type MountLocator, UnprovenToken } from './door-contract.ts';
import { type Generations, generationReader } from './generation-table.ts';
import type { Limiter } from './limiter.ts';
import { type AnyOperation, type Call, type ReadContext, type Session, Unfit } from './operation.ts';
import type { Recorder } from './recorder.ts';

export interface AdmissionDependencies {
  readonly storage: Storage;
  readonly audit: AuditLog;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly mounts: MountLocator;
  readonly limiter: Limiter;
  readonly attempts: AttemptLimiter;
}

/** What is known of a request once it may be performed. */
export interface Admitted {
  readonly operation: AnyOperation;
  readonly call: Call;
  readonly input: unknown;
  readonly session: Session | undefined;
  readonly capability: Capability;
  readonly recorder: Recorder;
  readonly context: ReadContext;
  readonly warnings: string[];
}

/** The first half of the door: limit, authenticate, parse, authorise. */
export class Admission {
  readonly #on: AdmissionDependencies;
  readonly #digester: Digester;
  readonly #readGenerations: ReturnType<typeof generationReader>;

  constructor(dependencies: AdmissionDependencies) {
    this.#on = dependencies;
    const { audit } = dependencies;
    // The log's own digester is asked for only when it is used: there is none while sealed.
    this.#digester = { value: (value) => audit.digester.value(value), leaves: (value) => audit.digester.leaves(value) };
    this.#readGenerations = generationReader(dependencies.storage);
  }

  /** @throws WatchwordError for whoever may not, and for what is not a request. */
  async admit(operation: AnyOperation, call: Call, rawInput: unknown, recorder: Recorder): Promise<Admitted> {
    const session = await this.#authenticate(operation, call, recorder);
    if (rawInput instanceof Unfit) throw rawInput.refusal;
    const parsed = operation.input.safeParse(rawInput);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      // The field that was declared; what is below it may be the caller's own words.
      const where = String(issue?.path[0] ?? '');
      throw new WatchwordError('request.invalid', `${where === '' ? 'the request' : where}: ${issue?.message ?? 'invalid'}`, {
        where,
      });
    }
    const input: unknown = parsed.data;
    recorder.input(input);
    if (recorder.attempt !== undefined && !this.#on.attempts.mayTry(call.remote.address, recorder.attempt)) throw limited();
    const warnings: string[] = [];
    const context = this.#readContext(call, session, recorder, warnings);
    let capability =
      typeof operation.capability === 'function' ? await operation.capability(input, context) : operation.capability;
    if (session !== undefined && operation.authorization !== 'session') {
      const path = operation.path(input, call.mount);
      const asked = {
        path,
        sudo: typeof operation.sudo === 'function' ? operation.sudo(input) : operation.sudo === true,
        parameters: call.parameters,
        ...(call.wrapTtl === undefined ? {} : { wrapTtl: call.wrapTtl }),
      };
      let decision = this.#on.authorizer.decide(session, { ...asked, capability });
      const other = operation.otherwise?.(input);
      // Never past what a granted capability is refused for: parameters and wrapping bind whoever has it.
      if (decision.reason === 'not-granted' && other !== undefined) {
        capability = other;
        decision = this.#on.authorizer.decide(session, { ...asked, capability });
      }
      if (!decision.allowed) throw new WatchwordError('access.denied');
      recorder.grantedBy(decision.grantedBy);
    }
    return { operation, call, input, session, capability, recorder, context, warnings };
  }

  async #authenticate(operation: AnyOperation, call: Call, recorder: Recorder): Promise<Session | undefined> {
    if (operation.authentication === 'none') {
      if (recorder.recorded && operation.attempt === undefined && !this.#on.limiter.admit(call.remote.address)) throw limited();
      return undefined;
    }
    const { storage, authorizer } = this.#on;
    if (call.token === undefined) throw new WatchwordError('access.token-missing');
    const session = await this.#identify(call.token, call, recorder);
    recorder.session(session);
    const generations = await this.#readGenerations(storage.reader);
    await authorizer.prepare(session, generations);
    await this.#checkMount(call, generations);
    return session;
  }

  async #identify(token: Secret, call: Call, recorder: Recorder): Promise<Session> {
    const { storage, authenticator } = this.#on;
    try {
      return await authenticator.authenticate(token, call, storage.reader);
    } catch (error) {
      if (error instanceof UnprovenToken || error instanceof BarredToken) recorder.identify(error.principal);
      throw error;
    }
  }

  /** The mount was found in memory, maybe long before the request's body was there: refuse when it has changed since. */
  async #checkMount(call: Call, generations: Generations): Promise<void> {
    const { mounts, storage } = this.#on;
    if (mounts.generation < generations.mounts) await mounts.reload(storage.reader, generations.mounts);
    const now = mounts.locate(call.namespace, call.mount.path);
    if (now !== call.mount && !isDeepStrictEqual(now, call.mount)) throw new WatchwordError('store.raced');
  }

  #readContext(call: Call, session: Session | undefined, recorder: Recorder, warnings: string[]): ReadContext {
    const { storage } = this.#on;
    return {
      call,
      mount: call.mount,
      session,
      reader: storage.reader,
      now: recorder.time,
      digester: this.#digester,
      note: (facts: Facts) => recorder.note(facts),
      noteResponseDigests: (digests) => recorder.responseDigests(digests),
      warn: (message) => {
        warnings.push(message);
      },
      identify: (principal) => recorder.identify(principal),
    };
  }
}

export function limited(): WatchwordError {
  return new WatchwordError('request.limited', 'too many requests without a valid token', { retryAfter: 1 });
}

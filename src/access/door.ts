import { type ErrorCode, isWatchwordError, WatchwordError } from '../foundation/errors.ts';
import type { Clock, Logger } from '../foundation/ports.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Transaction } from '../storage/contract.ts';
import { Admission, type AdmissionDependencies, type Admitted } from './admission.ts';
import { appliedMarker } from './applied-table.ts';
import type { Answer, Door, WrapInfo, Wrapping } from './door-contract.ts';
import type { AnyOperation, Call, ChangeContext, Session, Stages } from './operation.ts';
import type { OperationName, OutputOf } from './operation-types.ts';
import { Recorder } from './recorder.ts';
import { RefusalShares } from './refusal-shares.ts';
import type { Settlement } from './settlement.ts';

export interface DoorDependencies extends AdmissionDependencies {
  readonly keyring: Keyring;
  readonly wrapping: Wrapping;
  readonly settlement: Settlement;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly operations: readonly AnyOperation[];
  /** Told of each request as it begins; what it returns is told how the request ended. For metrics. */
  readonly observe?: (operation: OperationName) => (outcome: ErrorCode | 'success') => void;
}

/**
 * Builds the door over every declared operation.
 * @throws WatchwordError `internal` when a name is declared twice, or something beyond a public read is not recorded.
 */
export function createDoor(dependencies: DoorDependencies): Door {
  const operations = new Map<string, AnyOperation>();
  for (const operation of dependencies.operations) {
    if (operations.has(operation.name)) throw new WatchwordError('internal', `operation ${operation.name} is declared twice`);
    if (operation.event.recorded === false && (operation.effect !== 'read' || operation.authentication !== 'none')) {
      throw new WatchwordError('internal', `operation ${operation.name} must be recorded`);
    }
    operations.set(operation.name, operation);
  }
  return new ReferenceMonitor(dependencies, operations);
}

class ReferenceMonitor implements Door {
  readonly #on: DoorDependencies;
  readonly #admission: Admission;
  readonly #shares: RefusalShares;
  readonly #operations: ReadonlyMap<string, AnyOperation>;
  readonly #markApplied: ReturnType<typeof appliedMarker>;

  constructor(dependencies: DoorDependencies, operations: ReadonlyMap<string, AnyOperation>) {
    this.#on = dependencies;
    this.#operations = operations;
    this.#admission = new Admission(dependencies);
    this.#shares = new RefusalShares(dependencies);
    this.#markApplied = appliedMarker(dependencies.storage);
  }

  locate(namespace: string, path: string) {
    return this.#on.mounts.locate(namespace, path);
  }

  async recognizes({ token, remote, proofs }: Pick<Call, 'token' | 'remote' | 'proofs'>): Promise<boolean> {
    const { keyring, authenticator, storage } = this.#on;
    if (token === undefined || keyring.state !== 'unsealed') return false;
    try {
      await authenticator.authenticate(token, { remote, proofs }, storage.reader);
      return true;
    } catch (error) {
      if (isWatchwordError(error, 'access.token-invalid') || isWatchwordError(error, 'access.denied')) return false;
      throw error;
    }
  }

  async perform<Name extends OperationName>(name: Name, call: Call, input: unknown): Promise<Answer<Name>> {
    const operation = this.#operations.get(name);
    if (operation === undefined) throw new WatchwordError('request.unsupported');
    const { state } = this.#on.keyring;
    if (state !== 'unsealed' && operation.whileSealed !== true) {
      throw new WatchwordError(state === 'sealed' ? 'seal.sealed' : 'seal.uninitialized');
    }
    const recorder = new Recorder(this.#on.audit, operation, call, this.#on.clock.now(), state === 'unsealed');
    const ended = this.#on.observe?.(name);
    try {
      const admitted = await this.#admission.admit(operation, call, input, recorder);
      const answer = (await this.#carryOut(admitted)) as Answer<Name>;
      ended?.('success');
      return answer;
    } catch (error) {
      const refusal = await this.#refuse(error, recorder);
      if (!recorder.useTaken) await this.#spendOnRefusal(recorder.caller, refusal);
      ended?.(refusal.code);
      throw refusal;
    }
  }

  async #carryOut(admitted: Admitted): Promise<Answer<OperationName>> {
    const { operation, session, recorder } = admitted;
    const usesOne = session !== undefined && session.usesLeft > 0;
    if (operation.effect === 'action') return this.#act(admitted, usesOne);
    if (operation.effect === 'read' && !usesOne && wrapTtlOf(admitted) === undefined) {
      const output = await operation.perform(admitted.input, admitted.context);
      await recorder.complete(output);
      return this.#answer(admitted, output, undefined);
    }
    if (operation.effect === 'staged')
      return this.#carryOutInStages(admitted, await operation.prepare(admitted.input, admitted.context), usesOne);
    const work = await prepared(admitted);
    const { output, wrapped } = await this.#announced(recorder, (intent) =>
      this.#on.storage.write((tx) => this.#inTransaction(tx, admitted, { work, intent, usesOne })),
    );
    return this.#answer(admitted, output, wrapped);
  }

  /** The mark of the change stands in its second transaction: what came no further is known by what the first one wrote. */
  async #carryOutInStages(admitted: Admitted, stages: Stages<OperationName>, usesOne: boolean): Promise<Answer<OperationName>> {
    const { session, context, capability, recorder } = admitted;
    const { storage, authenticator } = this.#on;
    const { output, wrapped } = await this.#announced(recorder, async (intent) => {
      const last = await storage.write(async (tx) => {
        const lastUse = usesOne && session !== undefined && (await authenticator.consume(tx, session));
        await stages.begin({ ...context, tx, capability });
        return lastUse;
      });
      recorder.useTaken = usesOne;
      try {
        await stages.reach();
        const work = (inside: ChangeContext) => stages.conclude(inside);
        return await storage.write((tx) => this.#inTransaction(tx, admitted, { work, intent, lastUse: last }));
      } catch (error) {
        await stages.abandoned?.();
        if (last && session !== undefined) await storage.write((tx) => authenticator.end(tx, session));
        throw error;
      }
    });
    return this.#answer(admitted, output, wrapped);
  }

  /** Durable intent, work, durable outcome; the settlement hears of whatever the log could not be told. */
  async #announced<Result extends { readonly output: unknown }>(
    recorder: Recorder,
    work: (intent: number) => Promise<Result>,
  ): Promise<Result> {
    const change = this.#on.settlement.begin();
    try {
      const intent = await recorder.intent();
      change.announced(intent);
      const result = await work(intent);
      await recorder.outcome(result.output);
      change.end(true);
      return result;
    } catch (error) {
      const logged = await recorder.failed(error);
      change.end(logged);
      if (logged || isWatchwordError(error, 'audit.unavailable')) throw error;
      // What became of the change is an answer too, and it is not in the log.
      throw new WatchwordError('audit.unavailable', undefined, { cause: error });
    }
  }

  async #inTransaction(tx: Transaction, admitted: Admitted, { work, intent, usesOne = false, lastUse = false }: Announced) {
    const { session, context, capability } = admitted;
    await this.#markApplied(tx, intent);
    const last = (usesOne && session !== undefined && (await this.#on.authenticator.consume(tx, session))) || lastUse;
    const output = await work({ ...context, tx, capability });
    const wrapTtl = wrapTtlOf(admitted);
    const wrapped = wrapTtl === undefined || output === null ? undefined : await this.#wrap(tx, admitted, output, wrapTtl);
    if (last && session !== undefined) await this.#on.authenticator.end(tx, session);
    return { output, wrapped };
  }

  #wrap(
    tx: Transaction,
    { operation, call, session, input, context }: Admitted,
    output: unknown,
    ttl: number,
  ): Promise<WrapInfo> {
    return this.#on.wrapping.wrap(tx, {
      call,
      now: context.now,
      ttl,
      creationPath: operation.path(input, call.mount),
      operation: operation.name,
      output,
      by: session?.principal,
    });
  }

  async #act(admitted: Admitted, usesOne: boolean): Promise<Answer<OperationName>> {
    const { operation, session, recorder, context, input } = admitted;
    if (operation.effect !== 'action') throw new WatchwordError('internal');
    recorder.note({ transactional: false });
    const afterwards: (() => Promise<void>)[] = [];
    const { output } = await this.#announced(recorder, async () => {
      if (usesOne && session !== undefined) await this.#spend(session);
      return {
        output: (await operation.perform(input, { ...context, afterOutcome: (action) => afterwards.push(action) })) as unknown,
      };
    });
    for (const action of afterwards) await action();
    return this.#answer(admitted, output, undefined);
  }

  #answer({ call, warnings }: Admitted, output: unknown, wrapped: WrapInfo | undefined): Answer<OperationName> {
    return {
      requestId: call.id,
      warnings,
      output: (wrapped === undefined ? output : undefined) as OutputOf<OperationName>,
      wrapped,
    };
  }

  /**
   * A refused request has used its token as well, or a token for one use could try every path. The refusal is in the log
   * before; whatever undid the change undid its use of the token.
   */
  async #spendOnRefusal(session: Session | undefined, { code }: WatchwordError): Promise<void> {
    if (session === undefined || session.usesLeft === 0) return;
    if (code === 'audit.unavailable') return;
    try {
      await this.#spend(session);
    } catch (error) {
      if (!isWatchwordError(error, 'access.token-invalid')) this.#on.logger.warn('a use of a token was not counted', { code });
    }
  }

  /** One use in a transaction of its own. */
  async #spend(session: Session): Promise<void> {
    const { authenticator, storage } = this.#on;
    await storage.write(async (tx) => {
      if (await authenticator.consume(tx, session)) await authenticator.end(tx, session);
    });
  }

  /** Records the refusal, unless strangers have had their share of the log; gives the error to answer with. */
  async #refuse(error: unknown, recorder: Recorder): Promise<WatchwordError> {
    const refusal = error instanceof WatchwordError ? error : new WatchwordError('internal', undefined, { cause: error });
    if (refusal.kind === 'internal' || refusal.kind === 'corrupt') {
      this.#on.logger.error('a request failed', {
        incident: recorder.requestId,
        code: refusal.code,
        cause: describe(refusal),
        ...(refusal.kind === 'corrupt' ? { remedy: refusal.remedy } : {}),
      });
    }
    const unheard = this.#shares.answerWithoutEvent(refusal, recorder);
    if (unheard !== undefined) return unheard;
    try {
      await recorder.refused(refusal);
      return refusal;
    } catch (unlogged) {
      return unlogged instanceof WatchwordError ? unlogged : new WatchwordError('internal', undefined, { cause: unlogged });
    }
  }
}

/** What a transaction does, and what was said of it before. */
interface Announced {
  readonly work: (context: ChangeContext) => Promise<unknown>;
  readonly intent: number;
  /** A use of the token is taken in this transaction, or was before, and then it may have been the last. */
  readonly usesOne?: boolean;
  readonly lastUse?: boolean;
}

/** The part of an operation that belongs in the transaction; the part that does not is done when this resolves. */
async function prepared({ operation, input, context }: Admitted): Promise<Announced['work']> {
  if (operation.effect === 'change') {
    return operation.prepare === undefined
      ? (inside) => operation.perform(input, inside)
      : await operation.prepare(input, context);
  }
  return () => (operation as AnyOperation & { effect: 'read' }).perform(input, context);
}

/** What is not recorded leaves no trace, so it must not leave a wrapping token either. */
function wrapTtlOf({ call, recorder }: Admitted): number | undefined {
  return recorder.recorded ? call.wrapTtl : undefined;
}

/** Name and place of the cause, not its message: that may quote what a caller sent. */
function describe(error: WatchwordError): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  const stack = cause.stack ?? '';
  const frames = stack
    .slice(stack.indexOf(cause.message) + cause.message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '));
  return [cause.name, ...frames.slice(0, 6).map((line) => line.trim())].join(' | ');
}

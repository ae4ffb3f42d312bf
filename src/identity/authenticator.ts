import { type Authenticator, UnprovenToken } from '../access/door-contract.ts';
import type { Call, Session } from '../access/operation.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Clock } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Reader, Transaction } from '../storage/contract.ts';
import type { KeyBinding } from './binding/key-binding.ts';
import type { EndSession } from './contract.ts';
import type { EntitySessions } from './entities/entity-sessions.ts';
import { isRoot } from './token.ts';
import { isPlausibleToken } from './token-text.ts';
import type { FoundToken, Tokens } from './tokens.ts';

/** Unknown, expired, revoked and used from elsewhere are one answer: it tells a guesser nothing. */
function invalid(): WatchwordError {
  return new WatchwordError('access.token-invalid');
}

export interface AuthenticatorDependencies {
  readonly tokens: Tokens;
  readonly endSession: EndSession;
  readonly clock: Clock;
  readonly binding: KeyBinding;
  readonly entities: EntitySessions;
}

/** Says who a token stands for. */
export class TokenAuthenticator implements Authenticator {
  readonly #tokens: Tokens;
  readonly #endSession: EndSession;
  readonly #clock: Clock;
  readonly #binding: KeyBinding;
  readonly #entities: EntitySessions;

  constructor({ tokens, endSession, clock, binding, entities }: AuthenticatorDependencies) {
    this.#tokens = tokens;
    this.#endSession = endSession;
    this.#clock = clock;
    this.#binding = binding;
    this.#entities = entities;
  }

  async authenticate(text: Secret, call: Pick<Call, 'remote' | 'proofs'>, reader: Reader): Promise<Session> {
    const { networks, session, token } = await this.#find(text, reader);
    if (networks !== undefined && !networks.includes(call.remote.address)) throw invalid();
    const fault = token.binding && this.#binding.faultOf(token.binding, text, call);
    if (fault !== undefined) throw new UnprovenToken(session.principal, fault);
    return this.#entities.complete(session, token.entityId, reader);
  }

  async inspect(token: Secret, reader: Reader): Promise<Session> {
    return this.#entities.inspect(await this.#find(token, reader), reader);
  }

  async inspectAccessor(accessor: string, reader: Reader): Promise<Session> {
    const found = await this.#tokens.findByAccessor(reader, accessor, this.#clock.now());
    if (found === undefined) throw invalid();
    return this.#entities.inspect(found, reader);
  }

  async consume(tx: Transaction, { principal }: Session): Promise<boolean> {
    const found = await this.#tokens.findByAccessor(tx, principal.session, this.#clock.now());
    if (found === undefined) throw invalid();
    const { hash, token } = found;
    if (token.usesLeft === 1) {
      await this.#tokens.table.remove(tx, hash);
      return true;
    }
    if (token.usesLeft > 1) await this.#tokens.save(tx, hash, { ...token, usesLeft: token.usesLeft - 1 });
    return false;
  }

  async end(tx: Transaction, { principal }: Session): Promise<void> {
    await this.#endSession(tx, principal.session);
  }

  async rootTokenLives(reader: Reader): Promise<boolean> {
    const now = this.#clock.now();
    for (const { accessor } of await this.#tokens.table.rootTokens(reader)) {
      const found = await this.#tokens.findByAccessor(reader, accessor, now);
      if (found !== undefined && isRoot(found.token)) return true;
    }
    return false;
  }

  async #find(token: Secret, reader: Reader): Promise<FoundToken> {
    const found = isPlausibleToken(token)
      ? await this.#tokens.find(reader, this.#tokens.hash(token), this.#clock.now())
      : undefined;
    if (found === undefined) throw invalid();
    return found;
  }
}

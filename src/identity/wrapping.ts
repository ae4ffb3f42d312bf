import type { WrapInfo, Wrapping, WrapRequest } from '../access/door-contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { parseExactJson } from '../foundation/exact-json.ts';
import { type MountConfig, SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import { Secret } from '../foundation/secret.ts';
import { parseWithSecrets, printWithSecrets } from '../foundation/secret-json.ts';
import { wrappingPolicyName } from '../policy/default-policy.ts';
import type { Executor, Transaction } from '../storage/contract.ts';
import type { EndSession, WrappedAnswer, WrappedAnswers } from './contract.ts';
import type { WrappingOrigin } from './token.ts';
import type { TokenIssuer } from './token-issuer.ts';
import { isPlausibleToken } from './token-text.ts';
import type { FoundToken, Tokens } from './tokens.ts';

export interface WrappingDependencies {
  readonly tokens: Tokens;
  readonly issuer: TokenIssuer;
  readonly answers: WrappedAnswers;
  readonly endSession: EndSession;
}

interface Wrapped {
  readonly now: number;
  /** Seconds. */
  readonly ttl: number;
  readonly origin: WrappingOrigin;
}

/** The mounts' limits do not count here: how long an answer waits for its reader is the caller's business. */
const wrappingConfig: MountConfig = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };

/** Answers kept for exactly one reader, each under a token of its own that can do nothing but fetch it. */
export class AnswerWrapping implements Wrapping {
  readonly #on: WrappingDependencies;

  constructor(dependencies: WrappingDependencies) {
    this.#on = dependencies;
  }

  async wrap(tx: Transaction, request: WrapRequest): Promise<WrapInfo> {
    const { now, ttl, creationPath, operation, output } = request;
    const origin = { creationPath, wrappedAccessor: accessorIn(output) };
    const bytes = printAnswer({ operation, output });
    try {
      return await this.#keep(tx, { now, ttl, origin }, bytes);
    } finally {
      bytes.fill(0);
    }
  }

  /** The living wrapping token of this text. @throws WatchwordError `wrapping.invalid` */
  async find(on: Executor, text: Secret | undefined, now: number): Promise<FoundToken> {
    if (text === undefined || !isPlausibleToken(text)) throw notWrapping();
    const found = await this.#on.tokens.find(on, this.#on.tokens.hash(text), now);
    if (found?.token.kind !== 'wrapping') throw notWrapping();
    return found;
  }

  /** Opens the answer of a wrapping token, which ends with it: exactly one caller gets it. @throws WatchwordError `wrapping.invalid` */
  async unwrap(tx: Transaction, text: Secret, now: number): Promise<WrappedAnswer> {
    const { hash, token } = await this.find(tx, text, now);
    const answer = await this.take(tx, token.accessor, now);
    await this.#end(tx, hash, token.accessor);
    return answer;
  }

  /** Opens the answer of a wrapping token whose only use the door has taken already. @throws WatchwordError `wrapping.invalid` */
  async take(tx: Transaction, accessor: string, now: number): Promise<WrappedAnswer> {
    using bytes = await this.#on.answers.take(tx, accessor, now);
    if (bytes === undefined) throw notWrapping();
    return parseAnswer(bytes.bytes);
  }

  /** Puts the unopened answer under a new token that lives as long as the old one did. @throws WatchwordError `wrapping.invalid` */
  async rewrap(tx: Transaction, text: Secret, now: number): Promise<WrapInfo> {
    const { hash, token } = await this.find(tx, text, now);
    using bytes = await this.#on.answers.take(tx, token.accessor, now);
    if (bytes === undefined || token.wrapping === null) throw notWrapping();
    await this.#end(tx, hash, token.accessor);
    return await this.#keep(tx, { now, ttl: token.creationTtl, origin: token.wrapping }, bytes.bytes);
  }

  async #end(tx: Transaction, hash: string, accessor: string): Promise<void> {
    await this.#on.tokens.table.remove(tx, hash);
    await this.#on.endSession(tx, accessor);
  }

  async #keep(tx: Transaction, { now, ttl, origin }: Wrapped, bytes: Buffer): Promise<WrapInfo> {
    const { issued } = await this.#on.issuer.issue(tx, {
      now,
      path: origin.creationPath,
      displayName: 'wrapping',
      policies: [wrappingPolicyName],
      config: wrappingConfig,
      ttl: Math.min(Math.max(1, Math.ceil(ttl)), SYSTEM_MAX_TTL),
      renewable: false,
      uses: 1,
      wrapping: origin,
    });
    await this.#on.answers.put(tx, issued.accessor, bytes, now);
    const { token, accessor } = issued;
    return { token, accessor, ttl: issued.ttl, createdAt: now, ...origin };
  }
}

export function notWrapping(): WatchwordError {
  return new WatchwordError('wrapping.invalid', 'wrapping token is not valid or does not exist');
}

/** Accessor of the token that the answer brings, if it brings one. */
function accessorIn(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  const { token, accessor } = output as Record<string, unknown>;
  return token instanceof Secret && typeof accessor === 'string' ? accessor : '';
}

/**
 * Data that a caller wrapped is kept as the text that it is: its numbers stay exact, and nothing in it can be taken for a
 * Secret of ours.
 */
function printAnswer(answer: WrappedAnswer): Buffer {
  if (answer.operation !== 'wrapping.wrap') return printWithSecrets(answer);
  const { data } = answer.output as { data: unknown };
  using text = Secret.fromText(JSON.stringify(data));
  return printWithSecrets({ operation: answer.operation, output: { data: text } });
}

function parseAnswer(bytes: Uint8Array): WrappedAnswer {
  const answer = parseWithSecrets(bytes) as WrappedAnswer;
  if (answer.operation !== 'wrapping.wrap') return answer;
  using text = (answer.output as { data: Secret }).data;
  return { operation: answer.operation, output: { data: parseExactJson(text.text) } };
}

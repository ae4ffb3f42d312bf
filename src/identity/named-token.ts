import { WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Executor } from '../storage/contract.ts';
import { isPlausibleToken } from './token-text.ts';
import type { FoundToken, Tokens } from './tokens.ts';

/** The living token of this text, or undefined. */
export async function byText(tokens: Tokens, on: Executor, text: Secret, now: number): Promise<FoundToken | undefined> {
  return isPlausibleToken(text) ? tokens.find(on, tokens.hash(text), now) : undefined;
}

/** @throws WatchwordError `token.invalid` */
export async function byAccessor(tokens: Tokens, on: Executor, accessor: string, now: number): Promise<FoundToken> {
  const found = await tokens.findByAccessor(on, accessor, now);
  if (found === undefined) throw new WatchwordError('token.invalid', 'invalid accessor', { where: 'accessor' });
  return found;
}

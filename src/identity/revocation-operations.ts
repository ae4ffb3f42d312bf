import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange } from '../access/operation.ts';
import { secretSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';
import { accessorSchema } from './inputs.ts';
import { byText } from './named-token.ts';
import type { TokenTree } from './token-tree.ts';
import type { FoundToken, Tokens } from './tokens.ts';

export interface RevocationDependencies {
  readonly tokens: Tokens;
  readonly tree: TokenTree;
}

/** Most trees that one call of `token.tidy` removes, so that no transaction grows without bound. */
const TIDY_LIMIT = 10_000;

export function revocationOperations(on: RevocationDependencies): AnyOperation[] {
  return [...byToken(on), ...others(on)];
}

function byToken({ tokens, tree }: RevocationDependencies): AnyOperation[] {
  const event = { class: 'access-change', activity: 'delete', clear: [] } as const;
  const revoke = async (text: Secret, context: ChangeContext): Promise<null> => {
    const found = await byText(tokens, context.tx, text, context.now);
    // Unknown or ended already: as it shall be.
    if (found === undefined) return null;
    noteSubject(found, context);
    await tree.revoke(context.tx, found);
    return null;
  };
  return [
    defineChange<'token.revoke'>({
      name: 'token.revoke',
      summary: 'End a token and every token below it.',
      capability: 'update',
      input: z.object({ token: secretSchema }),
      path: (_input, mount) => `${mount.path}revoke`,
      event,
      perform: ({ token }, context) => revoke(token, context),
    }),
    defineChange<'token.revoke-self'>({
      name: 'token.revoke-self',
      summary: 'End the calling token and every token below it.',
      capability: 'update',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}revoke-self`,
      event,
      async perform(_input, context) {
        if (context.call.token === undefined) throw new WatchwordError('access.token-missing');
        return revoke(context.call.token, context);
      },
    }),
    defineChange<'token.revoke-orphan'>({
      name: 'token.revoke-orphan',
      summary: 'End a token, and let the tokens below it live on without a parent.',
      sudo: true,
      capability: 'update',
      input: z.object({ token: secretSchema }),
      path: (_input, mount) => `${mount.path}revoke-orphan`,
      event,
      async perform({ token }, context) {
        const found = await byText(tokens, context.tx, token, context.now);
        if (found === undefined) throw new WatchwordError('token.invalid', 'token to revoke not found', { where: 'token' });
        noteSubject(found, context);
        await tree.revokeOrphaning(context.tx, found);
        return null;
      },
    }),
  ];
}

function others({ tokens, tree }: RevocationDependencies): AnyOperation[] {
  return [
    defineChange<'token.revoke-accessor'>({
      name: 'token.revoke-accessor',
      summary: 'End the token behind an accessor and every token below it.',
      capability: 'update',
      input: z.object({ accessor: accessorSchema }),
      path: (_input, mount) => `${mount.path}revoke-accessor`,
      event: { class: 'access-change', activity: 'delete', clear: [] },
      async perform({ accessor }, context) {
        const { tx, now, warn } = context;
        const found = await tokens.findByAccessor(tx, accessor, now);
        if (found === undefined) warn('No token found with this accessor');
        else {
          noteSubject(found, context);
          await tree.revoke(tx, found);
        }
        return null;
      },
    }),
    defineChange<'token.tidy'>({
      name: 'token.tidy',
      summary: 'Remove what is left of tokens that have ended.',
      capability: 'update',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}tidy`,
      event: { class: 'access-change', activity: 'delete', clear: [] },
      async perform(_input, { tx, now, warn, note }) {
        const expired = await tree.removeExpired(tx, now, TIDY_LIMIT);
        const parentless = await tree.removeParentless(tx, TIDY_LIMIT);
        note({ removed: expired + parentless });
        if (expired === TIDY_LIMIT || parentless === TIDY_LIMIT) warn('there may be more to tidy: call this again');
        return null;
      },
    }),
  ];
}

function noteSubject({ token }: FoundToken, { note }: ChangeContext): void {
  note({ subjectAccessor: token.accessor });
}

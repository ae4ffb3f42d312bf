import { z } from 'zod';
import { type AnyOperation, defineRead, type ReadContext } from '../access/operation.ts';
import { secretSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import type { TokenFacts } from './contract.ts';
import type { EntitySessions } from './entities/entity-sessions.ts';
import { accessorSchema } from './inputs.ts';
import { byAccessor, byText } from './named-token.ts';
import { factsOf } from './token.ts';
import type { Tokens } from './tokens.ts';

export interface LookupDependencies {
  readonly tokens: Tokens;
  readonly entities: EntitySessions;
}

export function lookupOperations(on: LookupDependencies): AnyOperation[] {
  const { tokens, entities } = on;
  const event = { class: 'access-change', activity: 'read', clear: [] } as const;
  return [
    defineRead<'token.lookup'>({
      name: 'token.lookup',
      summary: 'Tell what a token is.',
      capability: 'update',
      input: z.object({ token: secretSchema }),
      path: (_input, mount) => `${mount.path}lookup`,
      event,
      perform: ({ token }, context) => lookup(on, token, context),
    }),
    defineRead<'token.lookup-self'>({
      name: 'token.lookup-self',
      summary: 'Tell what the calling token is.',
      capability: 'read',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}lookup-self`,
      event,
      async perform(_input, context) {
        if (context.call.token === undefined) throw new WatchwordError('access.token-missing');
        return lookup(on, context.call.token, context);
      },
    }),
    defineRead<'token.lookup-accessor'>({
      name: 'token.lookup-accessor',
      summary: 'Tell what the token behind an accessor is, without the token itself.',
      capability: 'update',
      input: z.object({ accessor: accessorSchema }),
      path: (_input, mount) => `${mount.path}lookup-accessor`,
      // Not clear: whoever takes a token for its accessor would have it in the log.
      event,
      async perform({ accessor }, { reader, now, note }) {
        const { token } = await byAccessor(tokens, reader, accessor, now);
        note({ subjectAccessor: token.accessor });
        const identityPolicies = await entities.policies(reader, token.entityId);
        return { ...factsOf(token, undefined, now), identityPolicies };
      },
    }),
    defineRead<'token.accessors'>({
      name: 'token.accessors',
      summary: 'List the accessors of all tokens.',
      sudo: true,
      capability: 'list',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}accessors/`,
      event,
      async perform(_input, { reader, now }) {
        return { keys: await tokens.table.accessors(reader, now) };
      },
    }),
  ];
}

async function lookup({ tokens, entities }: LookupDependencies, text: Secret, context: ReadContext): Promise<TokenFacts> {
  const { reader, now, session, note } = context;
  const found = await byText(tokens, reader, text, now);
  if (found === undefined) throw new WatchwordError('access.token-invalid', 'bad token');
  note({ subjectAccessor: found.token.accessor });
  const identityPolicies = await entities.policies(reader, found.token.entityId);
  const facts = { ...factsOf(found.token, Secret.copy(text.bytes), now), identityPolicies };
  // What is committed does not yet show the use that this very request takes.
  const own = found.token.usesLeft > 0 && session?.principal.session === found.token.accessor;
  return own ? { ...facts, usesLeft: facts.usesLeft === 1 ? -1 : facts.usesLeft - 1 } : facts;
}

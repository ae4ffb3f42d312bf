import { z } from 'zod';
import { limits, pathSchema, secretSchema } from '../../foundation/bounds.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import { capabilitiesOf } from '../../policy/index.ts';
import type { Authorizer } from '../authorizer.ts';
import type { Authenticator } from '../door-contract.ts';
import type { generationReader } from '../generation-table.ts';
import { type AnyOperation, defineRead, type ReadContext, type Session } from '../operation.ts';

interface Capabilities {
  readonly capabilities: Readonly<Record<string, readonly string[]>>;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'capabilities.self': { input: { paths: string[] }; output: Capabilities };
    'capabilities.of-token': { input: { token: Secret; paths: string[] }; output: Capabilities };
    'capabilities.of-accessor': { input: { accessor: string; paths: string[] }; output: Capabilities };
  }
}

export interface CapabilityDependencies {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly readGenerations: ReturnType<typeof generationReader>;
}

const paths = z.array(pathSchema.min(1)).min(1).max(limits.listLength);

export function capabilityOperations(dependencies: CapabilityDependencies): AnyOperation[] {
  const { authenticator } = dependencies;
  const tell = (session: Session, asked: readonly string[], context: ReadContext) =>
    capabilitiesFor(dependencies, session, asked, context);
  return [
    defineRead<'capabilities.self'>({
      name: 'capabilities.self',
      summary: 'What the calling token may do on the given paths.',
      capability: 'update',
      input: z.object({ paths }),
      path: () => 'sys/capabilities-self',
      event: { class: 'access-change', activity: 'read', clear: ['paths'] },
      async perform(input, context) {
        if (context.session === undefined) throw new WatchwordError('access.token-missing');
        return tell(context.session, input.paths, context);
      },
    }),
    defineRead<'capabilities.of-token'>({
      name: 'capabilities.of-token',
      summary: 'What another token may do on the given paths.',
      capability: 'update',
      input: z.object({ token: secretSchema, paths }),
      path: () => 'sys/capabilities',
      event: { class: 'access-change', activity: 'read', clear: ['paths'] },
      async perform(input, context) {
        const session = await named(authenticator.inspect(input.token, context.reader), 'token');
        return tell(session, input.paths, context);
      },
    }),
    defineRead<'capabilities.of-accessor'>({
      name: 'capabilities.of-accessor',
      summary: 'What the token behind an accessor may do on the given paths.',
      capability: 'update',
      input: z.object({ accessor: z.string().min(1).max(256), paths }),
      path: () => 'sys/capabilities-accessor',
      event: { class: 'access-change', activity: 'read', clear: ['accessor', 'paths'] },
      async perform(input, context) {
        const session = await named(authenticator.inspectAccessor(input.accessor, context.reader), 'accessor');
        return tell(session, input.paths, context);
      },
    }),
  ];
}

/** A token that the request names is part of the question, not of who asks. @throws WatchwordError `token.invalid` */
async function named(session: Promise<Session>, what: 'token' | 'accessor'): Promise<Session> {
  try {
    return await session;
  } catch (error) {
    if (!isWatchwordError(error, 'access.token-invalid')) throw error;
    throw new WatchwordError('token.invalid', `invalid ${what}`, { where: what });
  }
}

async function capabilitiesFor(
  { authorizer, readGenerations }: CapabilityDependencies,
  session: Session,
  asked: readonly string[],
  { reader }: ReadContext,
): Promise<Capabilities> {
  await authorizer.prepare(session, await readGenerations(reader));
  const policies = authorizer.policiesOf(session);
  // Paths come from outside: a plain object would let one of them be `__proto__`.
  const answer: Record<string, readonly string[]> = Object.create(null);
  for (const path of asked) answer[path] = capabilitiesOf(policies, path);
  return { capabilities: answer };
}

import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead, type ReadContext } from '../access/operation.ts';
import type { InputOf } from '../access/operation-types.ts';
import { limits, secretSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../foundation/exact-json.ts';
import { type AnswerWrapping, notWrapping } from './wrapping.ts';

type NamedToken = InputOf<'wrapping.unwrap'>;

const named = z.object({ token: secretSchema.optional() });
const path = (name: string) => () => `sys/wrapping/${name}`;

/** An object that was parsed already; it is not copied, so that raw numbers stay what they are. */
const data = z.custom<JsonObject>(
  (value) => isJsonObject(value) && nestsWithin(value, limits.jsonDepth),
  `must be a JSON object nested at most ${limits.jsonDepth} levels deep`,
);

export function wrappingOperations(wrapping: AnswerWrapping): AnyOperation[] {
  return [
    defineChange<'wrapping.wrap'>({
      name: 'wrapping.wrap',
      summary: 'Wrap data of the caller, for one reader.',
      capability: 'update',
      input: z.object({ data }),
      path: path('wrap'),
      event: { class: 'entity-change', activity: 'create', clear: [] },
      async perform(input, { call }) {
        if (call.wrapTtl === undefined) {
          throw new WatchwordError('request.invalid', 'endpoint requires response wrapping to be used', { where: 'wrap-ttl' });
        }
        return input;
      },
    }),
    defineChange<'wrapping.unwrap'>({
      name: 'wrapping.unwrap',
      summary: 'Open a wrapped answer, once.',
      capability: 'update',
      input: named,
      path: path('unwrap'),
      event: { class: 'retrieval', activity: 'read', clear: [] },
      async perform({ token }, context) {
        const { tx, now, session } = context;
        const answer =
          session !== undefined && session.principal.method === 'wrapping'
            ? await wrapping.take(tx, ownAccessor(token, context), now)
            : await wrapping.unwrap(tx, token ?? missing(), now);
        context.note({ wrappedOperation: answer.operation });
        return answer;
      },
    }),
    defineRead<'wrapping.lookup'>({
      name: 'wrapping.lookup',
      summary: 'Tell where and when a wrapped answer was made, without opening it.',
      authentication: 'none',
      capability: 'update',
      input: named,
      path: path('lookup'),
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform({ token }, { reader, now, call, note }) {
        const found = await wrapping.find(reader, token ?? call.token, now);
        const { createdAt, creationTtl, wrapping: origin, accessor } = found.token;
        note({ subjectAccessor: accessor });
        return { creationPath: origin?.creationPath ?? '', createdAt, creationTtl };
      },
    }),
    defineChange<'wrapping.rewrap'>({
      name: 'wrapping.rewrap',
      summary: 'Put a wrapped answer under a new token, unopened.',
      capability: 'update',
      input: named,
      path: path('rewrap'),
      event: { class: 'access-change', activity: 'update', clear: [] },
      async perform({ token }, { tx, now, note }) {
        const rewrapped = await wrapping.rewrap(tx, token ?? missing(), now);
        note({ issuedAccessor: rewrapped.accessor });
        return rewrapped;
      },
    }),
  ];
}

/** A wrapping token as the calling token opens its own answer and no other. */
function ownAccessor(named: NamedToken['token'], { call, session }: ReadContext): string {
  const own = named === undefined || call.token?.bytes.equals(named.bytes) === true;
  if (!own || session === undefined) throw notWrapping();
  return session.principal.session;
}

function missing(): never {
  throw notWrapping();
}

function nestsWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => nestsWithin(member, depth - 1));
}

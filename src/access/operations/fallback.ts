import { z } from 'zod';
import { pathSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { type Capability, capabilities } from '../../policy/capability.ts';
import { type AnyOperation, defineRead } from '../operation.ts';

interface Asked {
  readonly path: string;
  readonly capability: Capability;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'system.unrouted': { input: Asked; output: null };
    'system.unsupported': { input: Asked; output: null };
    'system.help': { input: Asked; output: null };
  }
}

const input = z.object({ path: pathSchema, capability: z.enum(capabilities) });

/**
 * What has no operation still goes through the door, so that only those who may act on a path learn that nothing
 * is there.
 */
export function fallbackOperations(): AnyOperation[] {
  const event = { class: 'retrieval', activity: 'other', clear: ['path', 'capability'] } as const;
  return [
    defineRead<'system.unrouted'>({
      name: 'system.unrouted',
      summary: 'Refuse a path at which nothing is mounted.',
      capability: async (asked) => asked.capability,
      input,
      path: (asked) => asked.path,
      event,
      async perform() {
        throw new WatchwordError('route.missing');
      },
    }),
    defineRead<'system.unsupported'>({
      name: 'system.unsupported',
      summary: 'Refuse an operation that a path does not offer.',
      capability: async (asked) => asked.capability,
      input,
      path: (asked) => asked.path,
      event,
      async perform() {
        throw new WatchwordError('request.unsupported');
      },
    }),
    defineRead<'system.help'>({
      name: 'system.help',
      summary: 'Learn which operations a path offers, for those who may use it.',
      capability: async (asked) => asked.capability,
      input,
      path: (asked) => asked.path,
      event,
      perform: async () => null,
    }),
  ];
}

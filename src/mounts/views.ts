import { z } from 'zod';
import type { Authorizer } from '../access/authorizer.ts';
import { type AnyOperation, defineRead, type ReadContext } from '../access/operation.ts';
import { pathSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { MountPoint } from '../foundation/mount.ts';
import { mayReachBelow } from '../policy/index.ts';
import {
  classOf,
  findMount,
  type MountClass,
  type MountName,
  mountClassSchema,
  mountNameSchema,
  policyPath,
  sudoForAuth,
} from './mount-name.ts';
import type { MountRegistry } from './registry.ts';

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'mounts.list': { input: { class: MountClass }; output: { mounts: readonly MountPoint[] } };
    'mounts.read': { input: MountName; output: MountPoint };
    'mounts.tune-read': { input: MountName; output: MountPoint };
    'mounts.visible': { input: Record<string, never>; output: { engines: readonly MountPoint[]; auths: readonly MountPoint[] } };
    'mounts.visible-at': { input: { path: string }; output: MountPoint };
  }
}

const isAuth = (mount: MountPoint) => classOf(mount.path) === 'auth';

export function mountViews(registry: MountRegistry, authorizer: Authorizer): AnyOperation[] {
  const find = (input: MountName): MountPoint => findMount(registry.list('root'), input);
  const readEvent = { class: 'entity-change', activity: 'read' } as const;
  return [
    defineRead<'mounts.list'>({
      name: 'mounts.list',
      summary: 'List the mounts.',
      capability: 'read',
      input: z.object({ class: mountClassSchema }),
      path: (input) => (input.class === 'auth' ? 'sys/auth' : 'sys/mounts'),
      event: { ...readEvent, clear: ['class'] },
      perform: async (input) => ({ mounts: registry.list('root').filter((mount) => classOf(mount.path) === input.class) }),
    }),
    defineRead<'mounts.read'>({
      name: 'mounts.read',
      summary: 'Read one mount.',
      sudo: sudoForAuth,
      capability: 'read',
      input: mountNameSchema as unknown as z.ZodType<MountName>,
      path: policyPath,
      event: { ...readEvent, clear: ['class', 'path'] },
      perform: async (input) => find(input),
    }),
    defineRead<'mounts.tune-read'>({
      name: 'mounts.tune-read',
      summary: 'Read the settings of one mount, with defaults resolved.',
      sudo: sudoForAuth,
      capability: 'read',
      input: mountNameSchema as unknown as z.ZodType<MountName>,
      path: (input) => `${policyPath(input)}/tune`,
      event: { ...readEvent, clear: ['class', 'path'] },
      perform: async (input) => find(input),
    }),
    ...visibility(registry, authorizer),
  ];
}

/** Which mounts a caller may know of: those below which some policy grants it something. */
function visibility(registry: MountRegistry, authorizer: Authorizer): AnyOperation[] {
  const visible = (mount: MountPoint, { session }: ReadContext) =>
    session !== undefined && mayReachBelow(authorizer.policiesOf(session), mount.path);
  return [
    defineRead<'mounts.visible'>({
      name: 'mounts.visible',
      summary: 'List the mounts that the caller can use.',
      authorization: 'session',
      capability: 'read',
      input: z.object({}),
      path: () => 'sys/internal/ui/mounts',
      event: { class: 'entity-change', activity: 'read', clear: [] },
      async perform(_input, context) {
        const mounts = registry.list('root').filter((mount) => visible(mount, context));
        return { engines: mounts.filter((mount) => !isAuth(mount)), auths: mounts.filter(isAuth) };
      },
    }),
    defineRead<'mounts.visible-at'>({
      name: 'mounts.visible-at',
      summary: 'Which mount answers at a path, for callers who may use something below it.',
      authorization: 'session',
      capability: 'read',
      input: z.object({ path: pathSchema.min(1) }),
      path: () => 'sys/internal/ui/mounts',
      event: { class: 'entity-change', activity: 'read', clear: ['path'] },
      async perform({ path }, context) {
        const mount = registry.locate('root', path);
        // The same answer whether there is no mount or none that the caller may know of.
        if (mount === undefined || !visible(mount, context)) {
          throw new WatchwordError(
            'access.denied',
            "preflight capability check returned 403, please ensure client's policies grant access to the path",
          );
        }
        return mount;
      },
    }),
  ];
}

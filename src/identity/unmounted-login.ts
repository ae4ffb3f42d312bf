import { z } from 'zod';
import { type AnyOperation, defineRead } from '../access/operation.ts';
import { nameSchema, pathSchema, secretSchema } from '../foundation/bounds.ts';
import type { Secret } from '../foundation/secret.ts';
import { type RefusalReasons, refusedLogin } from './login-refusal.ts';

interface UnmountedLogin {
  /** Below `auth/`. */
  readonly mount: string;
  readonly role: string;
  readonly jwt: Secret;
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'unmounted.login': { input: UnmountedLogin; output: never };
  }
}

export const unmountedReasons: RefusalReasons = {
  'login.unmounted': 'There is no such mount, or none where a JWT logs in.',
};

/** Who asks for a login where there is none is refused like everybody whom a login refuses, and counted like him. */
export function unmountedLogin(): AnyOperation {
  return defineRead<'unmounted.login'>({
    name: 'unmounted.login',
    summary: 'Refuse a login with a JWT where none is mounted.',
    authentication: 'none',
    capability: 'update',
    input: z.object({ mount: pathSchema, role: nameSchema, jwt: secretSchema }),
    attempt: { of: ({ mount, role }) => `${mount}:${role}`, guessable: false },
    path: ({ mount }) => `auth/${mount}/login`,
    event: { class: 'login', activity: 'login', clear: ['mount', 'role'] },
    async perform() {
      throw refusedLogin('login.unmounted');
    },
  });
}

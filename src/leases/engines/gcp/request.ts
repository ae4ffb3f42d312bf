import { z } from 'zod';
import { invalidRequest } from '../invalid-setting.ts';
import { faultOfPrefix, isTooLong, type Scope, type Verb, verbs } from './boundary.ts';
import { type GcpRole, scopeOf } from './role.ts';

/** What was asked for, and was found to be within the role. Nothing in it is secret: Google makes the token. */
export interface GcpMaterial {
  /** Null where the token is not bound to a bucket. */
  readonly scope: Scope | null;
}

/** Empty texts are not set. */
export interface GcpRequest {
  readonly prefix?: string | undefined;
  readonly verbs?: readonly Verb[] | undefined;
}

export const gcpRequestFields = {
  prefix: z.string().max(512).optional(),
  verbs: z
    .array(z.enum(verbs, `must be of ${verbs.join(', ')}`))
    .max(16)
    .optional(),
} satisfies z.ZodRawShape;

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function materialFor(role: GcpRole, { prefix = '', verbs: said }: GcpRequest): GcpMaterial {
  if (said?.length === 0) invalidRequest('verbs', 'is empty: leave it out for all that the role gives');
  const asked = said ?? [];
  const scope = scopeOf(role);
  if (scope === undefined) {
    if (prefix !== '') invalidRequest('prefix', 'this role names no bucket that a prefix could be in');
    if (asked.length > 0) invalidRequest('verbs', 'this role names no bucket that verbs could be about');
    return { scope: null };
  }
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) invalidRequest('prefix', fault);
  if (prefix !== '' && !prefix.startsWith(scope.prefix)) invalidRequest('prefix', 'must begin with the prefix of the role');
  const beyond = asked.filter((verb) => !scope.verbs.includes(verb));
  if (beyond.length > 0) invalidRequest('verbs', `this role does not allow ${beyond.join(', ')}`);
  const narrowed = {
    bucket: scope.bucket,
    prefix: prefix === '' ? scope.prefix : prefix,
    verbs: asked.length === 0 ? scope.verbs : scope.verbs.filter((verb) => asked.includes(verb)),
  };
  if (isTooLong(narrowed)) invalidRequest('prefix', "is too long for Google's boundaries");
  return { scope: narrowed };
}

import type { z } from 'zod';
import type { EngineDependencies } from '../engine.ts';
import { invalidRequest } from '../invalid-setting.ts';
import { type OciRole, repositoriesField, type Verb, verbs, verbsField } from './role.ts';

/** What was asked for, and was found to be within the role. */
export interface OciMaterial {
  readonly repositories: readonly string[];
  readonly verbs: readonly Verb[];
  /** `jti`, which stands in the registry's log. */
  readonly tokenId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** Less than the role gives. */
export interface OciRequest {
  readonly repositories?: readonly string[] | undefined;
  readonly verbs?: readonly Verb[] | undefined;
}

export const ociRequestFields = {
  repositories: repositoriesField.optional(),
  verbs: verbsField.optional(),
} satisfies z.ZodRawShape;

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function prepareToken(
  role: OciRole,
  { clock, random }: Pick<EngineDependencies, 'clock' | 'random'>,
  request: OciRequest,
): OciMaterial {
  // Who may push may pull, so that may be asked for alone.
  const narrowable: readonly Verb[] = role.verbs.includes('write') ? [...role.verbs, 'read'] : role.verbs;
  const allowed = request.verbs === undefined ? role.verbs : within('verbs', narrowable, request.verbs);
  const material = { tokenId: random.bytes(16).toString('base64url'), issuedAt: clock.now() };
  const about = verbs.filter((verb) => allowed.includes(verb));
  // Listing is about no repository.
  const asked = about.every((verb) => verb === 'list') ? [] : role.repositories;
  return {
    ...material,
    verbs: about,
    repositories: [...new Set(request.repositories === undefined ? asked : within('repositories', asked, request.repositories))],
  };
}

function within<Item extends string>(where: string, allowed: readonly Item[], asked: readonly Item[]): readonly Item[] {
  if (asked.length === 0) invalidRequest(where, 'is empty: leave it out for all that the role gives');
  const beyond = asked.filter((item) => !allowed.includes(item));
  if (beyond.length > 0)
    invalidRequest(where, `this role does not allow ${beyond.map((item) => JSON.stringify(item)).join(', ')}`);
  return asked;
}

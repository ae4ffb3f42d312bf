import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import type { GithubMaterial } from './request.ts';
import { includes } from './role.ts';

const grantSchema = z.object({
  token: z
    .string()
    .max(8192)
    .regex(/^[!-~]+$/),
  expires_at: z.iso.datetime({ offset: true }),
  permissions: z.record(z.string(), z.string()),
  repository_selection: z.string().optional(),
  repositories: z.array(z.object({ id: z.int(), name: z.string() })).optional(),
});

/** A token, and what GitHub says that it is good for. */
export interface Grant {
  readonly token: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly permissions: Readonly<Record<string, string>>;
  /** Undefined where it is good for every repository. */
  readonly repositories: readonly { readonly id: number; readonly name: string }[] | undefined;
}

/** Undefined where the answer is no token. */
export function grantIn(json: unknown): Grant | undefined {
  const read = grantSchema.safeParse(json);
  if (!read.success) return undefined;
  const { token, expires_at, permissions, repository_selection, repositories } = read.data;
  return {
    token: Secret.fromText(token),
    expiresAt: Date.parse(expires_at),
    permissions,
    repositories: repository_selection === 'selected' ? repositories : undefined,
  };
}

/** In what the token goes beyond what was asked for; undefined where it does not. Every token may read metadata. */
export function excessOf({ permissions, repositories }: Grant, asked: GithubMaterial): string | undefined {
  const wider = Object.entries(permissions).filter(
    ([name, level]) => !(name === 'metadata' && level === 'read') && !includes(asked.permissions[name], level),
  );
  if (wider.length > 0) return 'permissions that were not asked for';
  if (repositories === undefined) return 'every repository of the installation';
  const names = new Set(asked.repositories.map((name) => name.toLowerCase()));
  const ids = new Set(asked.repositoryIds);
  const others = repositories.some(({ id, name }) => !ids.has(id) && !names.has(name.toLowerCase()));
  return others ? 'repositories that were not asked for' : undefined;
}

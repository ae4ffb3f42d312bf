import type { z } from 'zod';
import { invalidRequest } from '../invalid-setting.ts';
import {
  type GithubRole,
  includes,
  type Permissions,
  permissionsSchema,
  repositoriesSchema,
  repositoryIdsSchema,
} from './role.ts';

/** What was asked for, and was found to be within the role. Nothing in it is secret: GitHub makes the token. */
export interface GithubMaterial {
  readonly repositories: readonly string[];
  readonly repositoryIds: readonly number[];
  readonly permissions: Permissions;
}

/** Empty lists are not set. */
export interface GithubRequest {
  readonly repositories?: readonly string[] | undefined;
  readonly repositoryIds?: readonly number[] | undefined;
  readonly permissions?: Permissions | undefined;
}

export const githubRequestFields = {
  repositories: repositoriesSchema.optional(),
  repositoryIds: repositoryIdsSchema.optional(),
  permissions: permissionsSchema.optional(),
} satisfies z.ZodRawShape;

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function materialFor(role: GithubRole, request: GithubRequest): GithubMaterial {
  const repositories = narrowed('repositories', role.repositories, request.repositories ?? []);
  const repositoryIds = narrowed('repository_ids', role.repositoryIds, request.repositoryIds ?? []);
  const permissions = Object.entries(request.permissions ?? {});
  const beyond = permissions.filter(([name, level]) => !includes(role.permissions[name], level));
  if (beyond.length > 0) {
    const names = beyond.map(([name, level]) => `${name}=${level}`).join(', ');
    invalidRequest('permissions', `the role does not allow ${names}`);
  }
  return {
    repositories,
    repositoryIds,
    permissions: permissions.length === 0 ? role.permissions : Object.fromEntries(permissions),
  };
}

function narrowed<Item>(where: string, allowed: readonly Item[], asked: readonly Item[]): readonly Item[] {
  if (!asked.every((one) => allowed.includes(one))) invalidRequest(where, 'holds something that is not among those of the role');
  return asked.length === 0 ? allowed : [...new Set(asked)];
}

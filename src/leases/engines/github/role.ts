import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

const levels = ['read', 'write', 'admin'] as const;
type Level = (typeof levels)[number];
export type Permissions = Readonly<Record<string, Level>>;

/** What tokens may do, and where. Both must be said: GitHub takes nothing for everything. */
export interface GithubRole {
  /** Names without their owner; either these or {@link repositoryIds}. */
  readonly repositories: readonly string[];
  readonly repositoryIds: readonly number[];
  /** `contents` to `read`. */
  readonly permissions: Permissions;
}

/** GitHub's own limit. */
const MOST_REPOSITORIES = 500;

/** `owner/` would be taken for a part of the name; `.` and `..` lead elsewhere. */
const repository = z
  .string()
  .max(100)
  .regex(/^(?!\.{1,2}$)[\w.-]+$/, 'must be names of repositories, without their owner');

export const repositoriesSchema = z.array(repository).max(MOST_REPOSITORIES);
export const repositoryIdsSchema = z.array(z.int().min(1)).max(MOST_REPOSITORIES);
export const permissionsSchema = z
  .record(
    z.string().regex(/^[a-z][a-z_]{0,63}$/, 'must be names such as contents or pull_requests'),
    z.enum(levels, 'must be read, write or admin'),
  )
  .refine((permissions) => Object.keys(permissions).length <= 100, 'are too many');

export const githubRoleFields = {
  repositories: repositoriesSchema,
  repositoryIds: repositoryIdsSchema,
  permissions: permissionsSchema,
} satisfies z.ZodRawShape;

export const newGithubRole: GithubRole = { repositories: [], repositoryIds: [], permissions: {} };

const ranks: readonly (string | undefined)[] = levels;

/** Whether the one includes the other. A level that is not known is included in none. */
export const includes = (granted: string | undefined, wanted: string): boolean =>
  ranks.includes(wanted) && ranks.indexOf(wanted) <= ranks.indexOf(granted);

/** With these a token comes to more than the role says. */
const BEYOND: ReadonlySet<string> = new Set(['administration', 'secrets', 'actions', 'workflows', 'environments']);

/** @throws WatchwordError `engine.invalid` */
export function checkGithubRole({ repositories, repositoryIds, permissions }: GithubRole): readonly string[] {
  if (repositories.length > 0 === repositoryIds.length > 0) {
    const wanted = 'either repositories or repository_ids must be set, and not both';
    invalidSetting('repositories', `${wanted}: without, GitHub gives tokens for every repository of the installation`);
  }
  const names = Object.keys(permissions);
  if (names.length === 0) {
    invalidSetting('permissions', 'must be set, such as contents=read: without, GitHub gives tokens with all that the App may');
  }
  if ('all' in permissions) invalidSetting('permissions', 'must name each permission');
  const wide = names.filter((name) => /^(?:organization_|members$|enterprise_)/.test(name));
  const grave = names.filter((name) => BEYOND.has(name) && permissions[name] !== 'read');
  return [
    ...(wide.length === 0 ? [] : [`${wide.join(', ')}: counts for the whole organization, whatever the repositories are`]),
    ...(grave.length === 0 ? [] : [`${grave.join(', ')}: whoever may change that can give itself more`]),
  ];
}

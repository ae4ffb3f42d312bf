import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** In the words of the other engines, and in this order. */
export const verbs = ['read', 'write', 'delete', 'list'] as const;
export type Verb = (typeof verbs)[number];

/** What tokens allow, and where. */
export interface OciRole {
  /** Names without the registry's host and without a tag: `models/churn`. */
  readonly repositories: readonly string[];
  readonly verbs: readonly Verb[];
}

const MOST_REPOSITORIES = 32;
/** Of all names together: a token travels in a header, and proxies take 8 KiB of one. */
const MOST_CHARACTERS = 3000;
const LONGEST_NAME = 255;

export const repositoriesField = z.array(z.string().max(1024)).max(MOST_REPOSITORIES);
export const verbsField = z.array(z.enum(verbs, `must be of ${verbs.join(', ')}`)).max(16);

export const ociRoleFields = { repositories: repositoriesField, verbs: verbsField } satisfies z.ZodRawShape;

export const newOciRole: OciRole = { repositories: [], verbs: [] };

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** What is wrong with the name of a repository; undefined when nothing is. */
export function faultOfName(name: string): string | undefined {
  if (name === '') return 'holds an empty name';
  if (name.length > LONGEST_NAME) return `holds a name of more than ${LONGEST_NAME} characters`;
  if (/[*?]/.test(name)) return `holds ${shown(name)}: registries know no wildcards in tokens, so name each repository`;
  if (/[:@]/.test(name)) return `holds ${shown(name)}: names go without the registry's host and port, a tag or a digest`;
  if (/[A-Z]/.test(name)) return `holds ${shown(name)}: names of repositories have small letters alone`;
  if (name.split('/').every((part) => PART.test(part))) return undefined;
  return `holds ${shown(name)}: names are parts of small letters and digits with . _ __ or - between them, and / between the parts`;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 80));

/** @throws WatchwordError `engine.invalid` */
export function checkOciRole({ repositories, verbs: allowed }: OciRole): readonly string[] {
  if (allowed.length === 0) invalidSetting('verbs', `must be set: some of ${verbs.join(', ')}`);
  const onRepositories = allowed.some((verb) => verb !== 'list');
  if (onRepositories && repositories.length === 0) invalidSetting('repositories', 'must be set: the name of each repository');
  if (!onRepositories && repositories.length > 0) {
    invalidSetting('repositories', 'goes with read, write or delete: list tells the names of all repositories of the registry');
  }
  for (const name of repositories) {
    const fault = faultOfName(name);
    if (fault !== undefined) invalidSetting('repositories', fault);
  }
  if (repositories.join('').length > MOST_CHARACTERS) {
    invalidSetting('repositories', `hold more than ${MOST_CHARACTERS} characters: a token with them fits in no header`);
  }
  return warningsOf({ repositories, verbs: allowed });
}

function warningsOf({ repositories, verbs: allowed }: OciRole): string[] {
  const host = repositories.find((name) => name.split('/')[0]?.includes('.') && name.includes('/'));
  const warnings: (string | false)[] = [
    allowed.includes('write') &&
      !allowed.includes('read') &&
      'write reads as well, in these repositories: registries let nobody push who may not pull',
    allowed.includes('list') && 'list tells the names of all repositories of the registry, whoever they belong to',
    host !== undefined && `repositories holds ${shown(host)}: if that begins with the registry's host, leave the host out`,
  ];
  return warnings.filter((warning) => warning !== false);
}

/** What may be done with the objects of a bucket. */
export const verbs = ['read', 'list', 'write', 'delete'] as const;
export type Verb = (typeof verbs)[number];

/** Part of a bucket, and what may be done there. */
export interface Scope {
  readonly bucket: string;
  /** Empty for the whole bucket, else ending in a slash. */
  readonly prefix: string;
  readonly verbs: readonly Verb[];
}

/** One statement of a policy of AWS. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What each verb is at S3, to the letter. Uploads in parts need the last two. */
const objectActions: Readonly<Record<Exclude<Verb, 'list'>, readonly string[]>> = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  delete: ['s3:DeleteObject'],
};

/** The key under which S3 says which part of a bucket is listed. */
export const LISTED = 's3:prefix';

/**
 * Statements that allow this scope and nothing else. Denials would not do: Ceph passes over `NotAction` in them, and over conditions on
 * what a request does not say.
 * @param partition second part of the ARNs: `aws`
 */
export function statementsOf({ bucket, prefix, verbs: allowed }: Scope, partition: string): Statement[] {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const actions = verbs.flatMap((verb) => (verb === 'list' || !allowed.includes(verb) ? [] : objectActions[verb]));
  const objects: Statement = { Effect: 'Allow', Action: actions, Resource: [`${arn}/${prefix}*`] };
  const listing: Statement = {
    Effect: 'Allow',
    Action: ['s3:ListBucket'],
    Resource: [arn],
    ...(prefix === '' ? {} : { Condition: { StringLike: { [LISTED]: [`${prefix}*`] } } }),
  };
  return [...(actions.length > 0 ? [objects] : []), ...(allowed.includes('list') ? [listing] : [])];
}

/**
 * What is wrong with a prefix; undefined when nothing is. Asterisks and the like would be wildcards in a policy, and without its slash
 * `team-a` would be `team-a2` as well.
 */
export function faultOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  if (Buffer.byteLength(prefix) > 512) return 'is too long';
  if (!prefix.endsWith('/')) return 'must end in a slash, or what begins with the same letters would be meant as well';
  if (/[*?$\\]/.test(prefix)) return 'may not hold wildcards (*, ?), $ or a backslash';
  return faultOfKey(prefix.slice(0, -1));
}

/** What is wrong with the key of an object; undefined when nothing is. */
export function faultOfKey(key: string): string | undefined {
  if (key === '' || Buffer.byteLength(key) > 1024 || !key.isWellFormed()) return 'must have 1 to 1024 bytes of UTF-8';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  if (/[\u0000-\u001f\u007f]/.test(key)) return 'may not hold control characters';
  // Whoever cleans up paths on the way would make another key of it.
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'may not begin with a slash, nor have an empty segment, "." or ".."';
  }
  return undefined;
}

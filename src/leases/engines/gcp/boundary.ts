/** What a token may do in a bucket. `create` makes new objects; `write` also overwrites and deletes. */
export const verbs = ['read', 'list', 'create', 'write'] as const;
export type Verb = (typeof verbs)[number];

/** Part of a bucket, and what may be done there. */
export interface Scope {
  readonly bucket: string;
  /** What the names of objects begin with; empty for the whole bucket. */
  readonly prefix: string;
  readonly verbs: readonly Verb[];
}

/** As Google counts it, in characters. Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/Options */
const LONGEST_OPTIONS = 2048;

const rolesOf: Readonly<Record<Verb, string>> = {
  read: 'storage.legacyObjectReader',
  list: 'storage.legacyBucketReader',
  create: 'storage.objectCreator',
  write: 'storage.legacyBucketWriter',
};

/** Undefined for a prefix that can be asked for; otherwise why not. */
export function faultOfPrefix(prefix: string): string | undefined {
  if (Buffer.byteLength(prefix) > 512) return 'is longer than 512 bytes';
  // It stands between quotes in an expression: nothing may end them, or mean something else there.
  return /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}'"`\\]*$/u.test(prefix)
    ? undefined
    : 'may not hold quotes, backslashes or control characters';
}

/**
 * The Credential Access Boundary of a scope, as the token exchange takes it in `options`. Objects are matched by their name, and
 * listing by the prefix that is listed, in rules of their own: a rule that allows both would let either condition do for both.
 * Source: https://cloud.google.com/iam/docs/downscoping-short-lived-credentials
 */
export function boundaryOf({ bucket, prefix, verbs: allowed }: Scope): string {
  const availableResource = `//storage.googleapis.com/projects/_/buckets/${bucket}`;
  const objects = allowed.filter((verb) => verb !== 'list');
  const accessBoundaryRules = [
    ...(objects.length === 0
      ? []
      : [
          {
            availableResource,
            availablePermissions: objects.map((verb) => `inRole:roles/${rolesOf[verb]}`),
            availabilityCondition: { expression: `resource.name.startsWith('projects/_/buckets/${bucket}/objects/${prefix}')` },
          },
        ]),
    ...(allowed.includes('list')
      ? [
          {
            availableResource,
            availablePermissions: [`inRole:roles/${rolesOf.list}`],
            ...(prefix === ''
              ? {}
              : {
                  availabilityCondition: {
                    expression: `api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('${prefix}')`,
                  },
                }),
          },
        ]
      : []),
  ];
  return JSON.stringify({ accessBoundary: { accessBoundaryRules } });
}

export const isTooLong = (scope: Scope): boolean => boundaryOf(scope).length > LONGEST_OPTIONS;

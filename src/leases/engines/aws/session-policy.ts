import { intersection, PolicyFault, readDocument } from './policy-document.ts';
import { type Scope, statementsOf } from './scope.ts';

/** What STS takes; what it packs it into has a limit of its own. */
const LONGEST = 2048;
const VERSION = '2012-10-17';
/** STS takes no letters beyond Latin-1, and JSON can say them all without. */
const BEYOND_ASCII = /[^ -~]/g;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What a session may be allowed at all. */
export interface Allowed {
  /** JSON; empty where there is none. */
  readonly policyDocument: string;
  readonly scope: Scope | undefined;
}

/**
 * The policy of a session, as text without white space: what scope and document both allow. Undefined where there is neither, so that
 * the session may do what the role at the target may.
 * @throws PolicyFault
 */
export function sessionPolicy({ policyDocument, scope }: Allowed, partition: string): string | undefined {
  const text = policyText(policyDocument, scope, partition)?.replace(BEYOND_ASCII, escaped);
  if (text !== undefined && text.length > LONGEST)
    throw new PolicyFault(`makes a session policy of ${text.length} characters; STS takes ${LONGEST}`);
  return text;
}

function policyText(document: string, scope: Scope | undefined, partition: string): string | undefined {
  const ours = scope === undefined ? undefined : statementsOf(scope, partition);
  if (document === '') return ours === undefined ? undefined : JSON.stringify({ Version: VERSION, Statement: ours });
  const { whole, statements } = readDocument(document);
  if (ours === undefined) return JSON.stringify(whole);
  const Statement = intersection(statements, ours);
  if (!Statement.some(({ Effect }) => Effect === 'Allow'))
    throw new PolicyFault('allows nothing of what the bucket, prefix and verbs allow');
  // By the older version, variables in the document would be plain text.
  return JSON.stringify({ Version: whole['Version'] ?? VERSION, Statement });
}

/** Allows nothing at all. */
export const NOTHING = JSON.stringify({ Version: VERSION, Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }] });

/** Second part of the ARNs of buckets that a role of this ARN has to do with. */
export function partitionOfArn(arn: string): string | undefined {
  const partition = /^arn:(aws[a-z-]*):/.exec(arn)?.[1];
  // Servers of others have their own word in the ARNs of roles, and AWS's in those of buckets.
  return partition ?? (arn === '' ? undefined : 'aws');
}

import { LISTED, type Statement } from './scope.ts';

/** A statement as somebody wrote it: texts stand for lists of one. */
type Written = Readonly<Record<string, unknown>>;
type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Thrown with what is wrong with a document, in words for whoever wrote it. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault';
}

const isObject = (value: unknown): value is Written => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws PolicyFault for what is no policy */
export function readDocument(text: string): { readonly whole: Written; readonly statements: readonly Written[] } {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    throw new PolicyFault('is not JSON');
  }
  if (!isObject(whole)) throw new PolicyFault('must be an object');
  const { Statement: statement } = whole;
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (statements.length === 0 || !statements.every(isObject)) throw new PolicyFault('has no Statement');
  for (const { Effect, Principal, NotPrincipal } of statements) {
    if (Effect !== 'Allow' && Effect !== 'Deny') throw new PolicyFault('has a statement whose Effect is neither Allow nor Deny');
    if (Principal !== undefined || NotPrincipal !== undefined) {
      throw new PolicyFault('names a Principal, which the policy of a session cannot');
    }
  }
  return { whole, statements };
}

/**
 * What both the document and `ours` allow, and all that the document denies. STS has no such operation: it joins what it is given.
 * @throws PolicyFault where that cannot be said exactly
 */
export function intersection(statements: readonly Written[], ours: readonly Statement[]): Written[] {
  const denied = statements.filter(({ Effect }) => Effect === 'Deny');
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  return [...allowed.flatMap((theirs) => ours.flatMap((own) => bothAllow(theirs, own))), ...denied];
}

function bothAllow(theirs: Written, own: Statement): Written[] {
  if (theirs['NotAction'] !== undefined || theirs['NotResource'] !== undefined) {
    throw new PolicyFault('allows by NotAction or NotResource, of which no part within the bucket can be told');
  }
  const patterns = textsOf(theirs['Action'], 'Action');
  const actions = own.Action.filter((action) => patterns.some((pattern) => matchesAction(pattern, action)));
  const resources = bothMatch(textsOf(theirs['Resource'], 'Resource'), own.Resource);
  const conditions = bothHold(theirs['Condition'] ?? {}, own.Condition ?? {});
  if (actions.length === 0 || resources.length === 0 || conditions === undefined) return [];
  const Condition = Object.keys(conditions).length === 0 ? {} : { Condition: conditions };
  return [{ Effect: 'Allow', Action: actions, Resource: resources, ...Condition }];
}

function textsOf(value: unknown, what: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((member) => typeof member === 'string'))
    throw new PolicyFault(`has a statement without ${what}`);
  return list;
}

/** Actions are compared without regard to case. Goes over either text once for each asterisk: no pattern makes it slow. */
function matchesAction(pattern: string, action: string): boolean {
  const [wanted, text] = [pattern.toLowerCase(), action.toLowerCase()];
  let [at, from] = [0, 0];
  let [asterisk, resume] = [-1, 0];
  while (at < text.length) {
    if (wanted[from] === '*') [asterisk, resume, from] = [from, at, from + 1];
    else if (wanted[from] === '?' || (from < wanted.length && wanted[from] === text[at])) [at, from] = [at + 1, from + 1];
    else if (asterisk >= 0) [resume, at, from] = [resume + 1, resume + 1, asterisk + 1];
    else return false;
  }
  return /^\**$/.test(wanted.slice(from));
}

function bothMatch(theirs: readonly string[], ours: readonly string[]): string[] {
  const found = theirs.flatMap((pattern) => ours.flatMap((own) => patternOfBoth(pattern, own) ?? []));
  return [...new Set(found)];
}

/**
 * A pattern for what both match; undefined where that is nothing.
 * @param own text, or text with an asterisk at its end
 * @throws PolicyFault where no one pattern says it
 */
export function patternOfBoth(theirs: string, own: string): string | undefined {
  const head = /^(?:(?!\$\{)[^*?])*/.exec(theirs)?.[0] ?? '';
  const rest = theirs.slice(head.length);
  const ownHead = own.replace(/\*$/, '');
  const open = own !== ownHead;
  // Everything that they match begins like ours.
  if (open && head.startsWith(ownHead)) return theirs;
  if (rest === '') return theirs === own ? own : undefined;
  if (rest === '*') return ownHead.startsWith(head) ? own : undefined;
  if (!ownHead.startsWith(head)) return undefined;
  throw new PolicyFault(`has the pattern ${theirs}, of which no part within the bucket can be told: let its wildcard stand last`);
}

function bothHold(theirs: unknown, ours: Conditions): Conditions | undefined {
  if (!isObject(theirs) || !Object.values(theirs).every(isObject)) throw new PolicyFault('has a Condition of another form');
  const all: Record<string, Written> = Object.fromEntries(
    Object.entries(theirs as Conditions).map(([name, keys]) => [name, { ...keys }]),
  );
  const own = ours['StringLike']?.[LISTED] as readonly string[] | undefined;
  if (own === undefined) return all;
  // Operators are compared without regard to case, and so are the keys of conditions.
  const operator = Object.keys(all).find((name) => name.toLowerCase() === 'stringlike') ?? 'StringLike';
  const keys = all[operator] ?? {};
  const key = Object.keys(keys).find((name) => name.toLowerCase() === LISTED) ?? LISTED;
  const listed = keys[key] === undefined ? own : bothMatch(textsOf(keys[key], LISTED), own);
  if (listed.length === 0) return undefined;
  all[operator] = { ...keys, [key]: listed };
  return all;
}

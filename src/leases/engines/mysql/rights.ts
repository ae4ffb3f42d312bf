import type { Shortfall } from '../engine.ts';
import { lex } from '../statements/lexer.ts';
import { quoteIdentifier, quoteLiteral } from '../statements.ts';
import { type Grant, readGrant } from './grants.ts';
import type { MysqlSession } from './session.ts';

/** What may be done somewhere, and whether it may be passed on. */
interface Right extends Grant {
  readonly grantable: boolean;
}

export type Rights = readonly Right[];

const quoted = (text: string): string => quoteLiteral(text, 'mysql');
const all = /^ALL(?: PRIVILEGES)?$/;

/** What the configured account may do, by itself and by its role: the catalogue of privileges leaves out roles. @throws TargetError */
export async function rightsOf(session: MysqlSession): Promise<Rights> {
  const rows = await session.ask('SHOW GRANTS');
  return rows.flatMap((row) => toRight(String(Object.values(row)[0])) ?? []);
}

function toRight(line: string): Right | undefined {
  const tokens = [...lex(line, 'mysql', { placeholders: undefined })];
  const words = tokens.map((token) => (token.kind === 'word' ? token.text.toUpperCase() : ''));
  const to = words.indexOf('TO');
  const columns = tokens.some((token) => token.kind === 'symbol' && token.text === '(');
  const grant = words[0] === 'GRANT' && !columns ? readGrant(tokens.slice(1, to)) : undefined;
  if (grant === undefined) return undefined;
  const privileges = grant.privileges.map(plain);
  return { ...grant, privileges, grantable: words.slice(to).filter(Boolean).join(' ').includes('WITH GRANT OPTION') };
}

/** MySQL writes `CONNECTION_ADMIN`, MariaDB `CONNECTION ADMIN`. */
const plain = (privilege: string): string => privilege.toUpperCase().replaceAll('_', ' ');

const gives = ({ privileges }: Right, wanted: string): boolean => privileges.some((each) => each === wanted || all.test(each));

export const hasRight = (rights: Rights, privilege: string): boolean =>
  rights.some((right) => right.schema === '*' && gives(right, privilege));

/** What every connection needs, whatever its roles say. */
export function generalShortfalls(rights: Rights, session: MysqlSession): Shortfall[] {
  const { mariadb, account } = session.facts;
  const us = `${quoted(account.name)}@${quoted(account.host)}`;
  const needed = [
    { right: 'CREATE USER', what: 'make and drop accounts', grant: 'CREATE USER' },
    { right: 'PROCESS', what: 'see the sessions of an account', grant: 'PROCESS' },
    {
      right: 'CONNECTION ADMIN',
      what: 'end the sessions of an account',
      grant: mariadb ? 'CONNECTION ADMIN' : 'CONNECTION_ADMIN',
    },
  ];
  return needed
    .filter(({ right }) => !hasRight(rights, right) && !(right === 'CONNECTION ADMIN' && hasRight(rights, 'SUPER')))
    .map(({ what, grant }) => ({ what: `${what} (${grant})`, remedy: `GRANT ${grant} ON *.* TO ${us}` }));
}

/** What the account can't pass on of what a role grants. */
export function grantShortfalls(rights: Rights, grants: readonly Grant[], { facts }: MysqlSession): Shortfall[] {
  const us = `${quoted(facts.account.name)}@${quoted(facts.account.host)}`;
  return grants.flatMap(({ privileges, schema, object }) => {
    const missing = privileges.filter((privilege) => !canPassOn(rights, privilege, { schema, object }));
    const place = `${nameOf(schema)}.${nameOf(object)}`;
    return missing.map((privilege) => ({
      what: `pass on ${privilege} on ${place}`,
      remedy: `GRANT ${privilege} ON ${place} TO ${us} WITH GRANT OPTION`,
    }));
  });
}

interface Place {
  readonly schema: string;
  readonly object: string;
}

function canPassOn(rights: Rights, privilege: string, place: Place): boolean {
  if (privilege === 'USAGE') return true;
  const covering = rights.filter((right) => right.grantable && covers(right, place));
  // Which privileges ALL stands for depends on the server's version: only the server knows whether one is lacking.
  if (all.test(privilege)) return covering.length > 0;
  return covering.some((right) => gives(right, plain(privilege)));
}

function covers(right: Right, { schema, object }: Place): boolean {
  if (right.schema === '*') return true;
  const inSchema = right.schema === schema || isLike(schema, right.schema);
  return inSchema && (right.object === '*' || right.object === object);
}

/** Names of databases in grants are patterns of LIKE. */
function isLike(schema: string, pattern: string): boolean {
  if (schema === '*') return false;
  const source = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === '%') return '[\\s\\S]*';
    if (part === '_') return '[\\s\\S]';
    return part.slice(-1).replace(/[^\w]/, '\\$&');
  });
  return new RegExp(`^${source}$`).test(schema);
}

const nameOf = (name: string): string => (name === '*' || /^\w+$/.test(name) ? name : quoteIdentifier(name, 'mysql'));

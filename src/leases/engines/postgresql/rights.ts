import type { EngineDependencies, Shortfall } from '../engine.ts';
import { render } from '../statements.ts';
import { type OwnAccount, ownAccount, quoted } from './accounts.ts';
import { refuseOwnAccount } from './own-account.ts';
import { type Findings, rehearse } from './rehearsal.ts';
import { POWERFUL, powerfulRecipient } from './revocation.ts';
import type { PostgresqlRole } from './role.ts';
import { PostgresqlRefusal, type PostgresqlSession } from './session.ts';
import { StatementRefusal } from './transaction.ts';

/** More than that, and credentials end too late or too early. */
const MOST_SKEW_MS = 5_000;
const TOO_FEW_RIGHTS = '42501';

interface Question {
  /** The configured account. */
  readonly username: string;
  readonly roles: readonly PostgresqlRole[];
  /** For roles that name nobody. */
  readonly ownedObjectsTo: string;
}

/** What the configured account lacks for these roles. Changes nothing. @throws TargetError */
export async function shortfallsOf(session: PostgresqlSession, question: Question, on: EngineDependencies): Promise<Shortfall[]> {
  const own = await ownAccount(session);
  const found = [...accountShortfalls(own, question.username), ...(await clockShortfalls(session, on))];
  if (own.superuser || own.createsRoles) {
    for (const role of question.roles) found.push(...(await roleShortfalls(session, { role, own, question }, on)));
  }
  return found.filter(({ what }, index) => found.findIndex((other) => other.what === what) === index);
}

function accountShortfalls({ superuser, createsRoles, inherits, version }: OwnAccount, username: string): Shortfall[] {
  if (superuser) return [];
  const found: Shortfall[] = [];
  if (!createsRoles) found.push({ what: 'create roles', remedy: `ALTER ROLE ${quoted(username)} CREATEROLE` });
  if (!inherits && version < 160_000) {
    found.push({ what: 'end the sessions of roles', remedy: `ALTER ROLE ${quoted(username)} INHERIT` });
  }
  return found;
}

async function clockShortfalls(session: PostgresqlSession, { clock }: EngineDependencies): Promise<Shortfall[]> {
  const before = clock.now();
  const { rows } = await session.query('SELECT extract(epoch FROM pg_catalog.clock_timestamp())::float8 * 1000 AS now');
  const skew = Number(rows[0]?.['now']) - (before + clock.now()) / 2;
  if (Math.abs(skew) <= MOST_SKEW_MS) return [];
  const [seconds, where] = [Math.round(Math.abs(skew) / 1000), skew > 0 ? 'ahead of' : 'behind'];
  const what = `end credentials in time: the server's clock is ${seconds} s ${where} ours`;
  return [{ what, remedy: 'synchronise both clocks by NTP' }];
}

interface Examined {
  readonly role: PostgresqlRole;
  readonly own: OwnAccount;
  readonly question: Question;
}

async function roleShortfalls(
  session: PostgresqlSession,
  { role, own, question: { username, ownedObjectsTo } }: Examined,
  on: EngineDependencies,
): Promise<Shortfall[]> {
  const recipient = role.ownedObjectsTo || ownedObjectsTo;
  if (recipient !== '') {
    const shortfall = await recipientShortfall(session, recipient, username);
    if (shortfall !== undefined) return [shortfall];
  }
  try {
    refuseOwnAccount(role, username);
    const findings = await rehearse(session, role, own, on);
    const { creates } = findings;
    const found = leftShortfalls(findings);
    if (creates === undefined || recipient !== '') return found;
    const what = `take back what a credential creates: its role may create things in ${creates}, and nobody is named to get them`;
    return [
      ...found,
      { what, remedy: `CREATE ROLE job_results NOLOGIN; GRANT job_results TO ${quoted(username)}; owned_objects_to=job_results` },
    ];
  } catch (error) {
    if (!(error instanceof PostgresqlRefusal)) throw error;
    return [{ what: error.message, remedy: remedyFor(error, username) }];
  }
}

/** What no revocation knows of. */
function leftShortfalls({ made, changed, hiddenChanges }: Findings): Shortfall[] {
  const shortfalls: Shortfall[] = [
    ...made.map((name) => ({
      what: `take back the role ${quoted(name)}: creation_statements make a role of their own besides {{name}}, and nobody takes it back`,
      remedy: 'make it once, by hand, and leave it out of creation_statements',
    })),
    ...changed.map((name) => ({
      what: `undo what the statements change of the role ${quoted(name)}: nobody takes that back`,
      remedy: 'let the statements change {{name}} alone',
    })),
  ];
  if (hiddenChanges && changed.length === 0) {
    shortfalls.push({
      what: 'see which role the statements change, be it only a password',
      remedy: 'write ALTER ROLE {{name}} as a statement of its own, and change no other role',
    });
  }
  return shortfalls;
}

async function recipientShortfall(
  session: PostgresqlSession,
  recipient: string,
  username: string,
): Promise<Shortfall | undefined> {
  const { rows } = await session.query(POWERFUL, [recipient]);
  if (rows[0] === undefined) {
    return {
      what: `give away what credentials own: there is no role ${quoted(recipient)}`,
      remedy: `CREATE ROLE ${quoted(recipient)} NOLOGIN`,
    };
  }
  if (rows[0]['powerful'] !== false) {
    return { what: powerfulRecipient(recipient), remedy: 'name a role that has no more rights than the credentials' };
  }
  const member = await session.query("SELECT pg_catalog.pg_has_role(current_user, $1::name, 'MEMBER') AS member", [recipient]);
  if (member.rows[0]?.['member'] === true) return undefined;
  return {
    what: `give away what credentials own to ${quoted(recipient)}`,
    remedy: `GRANT ${quoted(recipient)} TO ${quoted(username)}`,
  };
}

/** What the server said; where that is a right of the configured account that is missing, it ends with the statement that gives it. */
export function toldWithRemedy(error: PostgresqlRefusal, username: string): string {
  return isMissingRight(error) ? `${error.message}. What to do: ${remedyFor(error, username)}` : error.message;
}

/** Not granted, all or a part of it, is a warning of the server's only. */
const isMissingRight = ({ code }: PostgresqlRefusal): boolean => code === TOO_FEW_RIGHTS || code.startsWith('01');

/** The statement that gives the account what it lacks, as far as that can be known. */
function remedyFor(error: PostgresqlRefusal, username: string): string {
  const schema = /permission denied for schema (\S+)/.exec(error.message)?.[1];
  if (schema !== undefined) return `GRANT USAGE ON SCHEMA ${schema} TO ${quoted(username)}`;
  if (!isMissingRight(error) || !(error instanceof StatementRefusal)) return 'correct the statement';
  const { tokens } = error.statement;
  if (
    /must be superuser/.test(error.message) ||
    tokens.some((token) => token.kind === 'word' && onlyForSuperusers.test(token.text))
  ) {
    return 'leave out of the statement what only a superuser may give';
  }
  if (/permission denied to create role/.test(error.message)) return `ALTER ROLE ${quoted(username)} CREATEROLE`;
  return grantFor(error, username) ?? `give ${quoted(username)} the right to do that`;
}

const onlyForSuperusers = /^(?:superuser|replication|bypassrls)$/i;

/** The operator's own GRANT, with the account as the one who gets it; or the group that the new role was to be in. */
function grantFor({ statement }: StatementRefusal, username: string): string | undefined {
  const words = statement.tokens.flatMap((token, at) => (token.kind === 'word' ? [{ at, word: token.text.toLowerCase() }] : []));
  const at = (word: string) => words.find((each) => each.word === word)?.at ?? -1;
  const written = (from: number, to?: number) =>
    render(
      { ...statement, tokens: statement.tokens.slice(from, to) },
      { name: '{{name}}', username: '{{name}}', expiration: '', password: '' },
    );
  if (words[0]?.word === 'grant' && at('to') > 0) {
    return `${written(0, at('to'))}TO ${quoted(username)} WITH ${at('on') > 0 ? 'GRANT' : 'ADMIN'} OPTION`;
  }
  const group = words.findIndex(({ word }, index) => word === 'in' && /^(?:role|group)$/.test(words[index + 1]?.word ?? ''));
  const after = group < 0 ? undefined : words[group + 1]?.at;
  if (after === undefined) return undefined;
  const named = statement.tokens.slice(after + 1).find(({ kind }) => kind === 'word' || kind === 'quoted');
  if (named === undefined) return undefined;
  const from = statement.tokens.indexOf(named);
  return `GRANT ${written(from, from + 1)} TO ${quoted(username)} WITH ADMIN OPTION`;
}

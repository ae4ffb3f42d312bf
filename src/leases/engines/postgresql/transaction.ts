import { type EngineDependencies, TargetError } from '../engine.ts';
import { render, type Statement } from '../statements.ts';
import type { StatementField } from './role.ts';
import { PostgresqlConflict, PostgresqlRefusal, type PostgresqlSession } from './session.ts';

const MOST_TRIES = 16;
const LONGEST_PAUSE_MS = 16;

interface Rerun {
  readonly on: Pick<EngineDependencies, 'clock' | 'random'>;
  /** Whether it stays. */
  readonly keep?: boolean;
}

/**
 * Nothing or all of it. Two that change the rights on one thing at once disturb each other: then it is done again, up to sixteen
 * times. @throws TargetError
 */
export async function inTransaction<Result>(
  session: PostgresqlSession,
  { on, keep = true }: Rerun,
  work: () => Promise<Result>,
): Promise<Result> {
  return undisturbed(on, () => once(session, keep, work));
}

/** Done again while it disturbs others and they it. */
async function undisturbed<Result>(on: Rerun['on'], work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PostgresqlConflict) || tries === MOST_TRIES) throw error;
    }
    await on.clock.sleep(on.random.bytes(1).readUInt8() % LONGEST_PAUSE_MS);
  }
}

/** Operators write names as they would by hand: looked for where the account looks for them. */
const BEGIN = 'BEGIN; SET LOCAL search_path TO DEFAULT';
/** What others do meanwhile does not show. */
const BEGIN_TRIAL = 'BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL search_path TO DEFAULT';

async function once<Result>(session: PostgresqlSession, keep: boolean, work: () => Promise<Result>): Promise<Result> {
  await session.query(keep ? BEGIN : BEGIN_TRIAL);
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await rollBack(session, error);
    throw error;
  }
  await session.query(keep ? 'COMMIT' : 'ROLLBACK');
  return result;
}

/** Where the connection is gone, so is the transaction. */
async function rollBack(session: PostgresqlSession, error: unknown): Promise<void> {
  const ended = error instanceof TargetError && (error.kind === 'unknown-outcome' || error.kind === 'unreachable');
  if (!ended) await session.query('ROLLBACK');
}

/** `ungranted`: all of it is kept, but for rights that the account was to get. */
export type Execution = 'kept' | 'refused' | 'ungranted';

/**
 * Nothing or all of it, on one way to the server instead of one for each statement. What was refused is said by
 * {@link runStatements}.
 * @throws TargetError
 */
export function runAtOnce(
  session: PostgresqlSession,
  { on }: Pick<Rerun, 'on'>,
  statements: readonly string[],
): Promise<Execution> {
  return undisturbed(on, async () => {
    session.takeNotices();
    try {
      // A statement may end in a comment.
      await session.query([BEGIN, ...statements, 'COMMIT'].join('\n;\n'));
    } catch (error) {
      await rollBack(session, error);
      if (error instanceof PostgresqlRefusal) return 'refused';
      throw error;
    }
    return session.takeNotices().some(({ code }) => NOT_GRANTED.has(code)) ? 'ungranted' : 'kept';
  });
}

/** What the statements of a field do is refused: by the server, or here. */
export class RoleRefusal extends PostgresqlRefusal {
  readonly field: StatementField;

  /** @param code SQLSTATE; empty where the server had no objection */
  constructor(message: string, code: string, field: StatementField) {
    super(message, code);
    this.field = field;
  }
}

/** Which statement of which field was refused. */
export class StatementRefusal extends RoleRefusal {
  readonly statement: Statement;

  constructor(message: string, code: string, { field, statement }: Pick<StatementRefusal, 'field' | 'statement'>) {
    super(message, code, field);
    this.statement = statement;
  }
}

export interface Rendering {
  readonly field: StatementField;
  readonly values: Readonly<Record<string, string>>;
}

/** Rights that were not granted, all or some of them: the server only warns of it. */
const NOT_GRANTED: ReadonlySet<string> = new Set(['01007', '01006']);

/**
 * Runs what an operator wrote.
 * @throws StatementRefusal: which statement, where in it, and why; for rights that are not granted as well. TargetError
 */
export async function runStatements(
  session: PostgresqlSession,
  statements: readonly Statement[],
  { field, values }: Rendering,
): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    const refuse = (message: string, code: string, character?: number): never => {
      const place = character === undefined ? '' : `, character ${character}`;
      throw new StatementRefusal(`${field}: statement ${index + 1}${place}: ${message}`, code, { field, statement });
    };
    session.takeNotices();
    try {
      await session.query(render(statement, values));
    } catch (error) {
      if (!(error instanceof PostgresqlRefusal)) throw error;
      refuse(error.message, error.code, error.at === undefined ? undefined : characterOf(statement, values, error.at));
    }
    const warning = field === 'creation_statements' && session.takeNotices().find(({ code }) => NOT_GRANTED.has(code));
    if (warning) refuse(`${warning.message} (${warning.code})`, warning.code);
  }
}

/** From 1, in the statement as it was written. @param at code points from 0, in the statement with its values */
function characterOf({ dialect, tokens }: Statement, values: Readonly<Record<string, string>>, at: number): number {
  const start = tokens[0]?.at ?? 0;
  let left = at;
  for (const token of tokens) {
    const { length } = [...render({ dialect, tokens: [token] }, values)];
    const written = token.kind === 'word' || token.kind === 'symbol' || token.kind === 'space';
    if (left < length) return token.at - start + (written ? left : 0) + 1;
    left -= length;
  }
  return 1;
}

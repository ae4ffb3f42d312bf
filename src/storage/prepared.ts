import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Compilable } from 'kysely';
import { WatchwordError } from '../foundation/errors.ts';
import type { AnyQuery, Executor, ParameterOf, Prepared } from './contract.ts';

/** Stands in a query while it is built; its place in the compiled parameters tells where the value goes. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** An executor together with the connection that its prepared statements belong to. */
export interface SqliteExecutor extends Executor {
  readonly database: DatabaseSync;
  /** The same for statements that only read, where another connection has the better cache. */
  readonly readingDatabase?: DatabaseSync;
}

interface Bound {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

export function prepare<Parameters extends object, Row>(
  builder: AnyQuery,
  build: (db: AnyQuery, parameter: ParameterOf<Parameters>) => Compilable<Row>,
  onError: (error: unknown) => Error,
): Prepared<Parameters, Row> {
  const { sql, parameters: template } = build(builder, (name) => new Placeholder(name)).compile();
  const onlyReads = sql.startsWith('select ');
  const statements = new WeakMap<DatabaseSync, Bound>();
  const bindOn = (on: Executor): Bound => {
    const executor = on as SqliteExecutor;
    const database = (onlyReads ? executor.readingDatabase : undefined) ?? executor.database;
    let bound = statements.get(database);
    if (bound === undefined) {
      const statement = database.prepare(sql);
      bound = { statement, returnsRows: statement.columns().length > 0 };
      statements.set(database, bound);
    }
    return bound;
  };
  const values = (parameters: Parameters): SQLInputValue[] =>
    template.map((value) => (value instanceof Placeholder ? parameters[value.name as keyof Parameters] : value) as SQLInputValue);
  return {
    async all(on, parameters) {
      try {
        const { statement, returnsRows } = bindOn(on);
        if (returnsRows) return statement.all(...values(parameters)) as Row[];
        statement.run(...values(parameters));
        return [];
      } catch (error) {
        throw onError(error);
      }
    },
    async first(on, parameters) {
      try {
        const { statement, returnsRows } = bindOn(on);
        if (!returnsRows) throw new WatchwordError('internal', 'the statement returns no rows');
        return statement.get(...values(parameters)) as Row | undefined;
      } catch (error) {
        throw onError(error);
      }
    },
  };
}

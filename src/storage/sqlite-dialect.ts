import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import type { AnyQuery } from './contract.ts';

/** Kysely asks a statement whether it returns rows and passes parameters as one array; `node:sqlite` does neither. */
function statementOf(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}

export function kyselyOver(database: DatabaseSync): AnyQuery {
  return new Kysely({
    dialect: new SqliteDialect({ database: { prepare: (sql) => statementOf(database, sql), close: () => {} } }),
  });
}

import { WatchwordError } from '../foundation/errors.ts';
import type { ColumnTypes, Migration, Storage } from './contract.ts';

type MigrationTables = { schema_migration: { name: string; applied_at: string } };

/**
 * Applies what is missing, in the order of the names, each in a transaction of its own.
 * @throws WatchwordError `configuration.invalid` when the database was made by a newer program.
 */
export async function migrate(storage: Storage, migrations: readonly Migration[], types: ColumnTypes): Promise<void> {
  await storage.write(async ({ query }) => {
    await query.schema
      .createTable('schema_migration')
      .ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute();
  });
  const rows = await storage.reader.query.withTables<MigrationTables>().selectFrom('schema_migration').select('name').execute();
  const applied = new Set(rows.map((row) => row.name));
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied) {
    if (!known.has(name)) {
      throw new WatchwordError(
        'configuration.invalid',
        `the database was made by a newer version (it holds the schema step ${name})`,
      );
    }
  }
  for (const migration of [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (applied.has(migration.name)) continue;
    await storage.write(async ({ query }) => {
      await migration.up(query, types);
      const row = { name: migration.name, applied_at: new Date().toISOString() };
      await query.withTables<MigrationTables>().insertInto('schema_migration').values(row).execute();
    });
  }
}

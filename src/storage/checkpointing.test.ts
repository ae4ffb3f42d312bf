import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTemporaryStorage } from './testing/temporary-storage.ts';

describe('checkpointing', () => {
  it('moves what was committed into the database file, and does not keep the storage from closing', async () => {
    await using temporary = await openTemporaryStorage([]);
    const { storage, path } = temporary;
    const before = statSync(path).size;
    await storage.write(async ({ query }) => {
      await query.schema.createTable('filled').addColumn('bytes', 'blob').execute();
      // biome-ignore lint/suspicious/noExplicitAny: a table of this test alone.
      const filled = query.withTables<{ filled: { bytes: any } }>();
      for (let i = 0; i < 100; i++)
        await filled
          .insertInto('filled')
          .values({ bytes: new Uint8Array(4096) })
          .execute();
    });
    await expect.poll(() => statSync(path).size, { timeout: 5_000 }).toBeGreaterThan(before + 100 * 4096);
  });
});

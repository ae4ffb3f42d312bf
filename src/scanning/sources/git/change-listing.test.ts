import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ChangeListing } from './change-listing.ts';
import type { Change } from './raw-diff.ts';
import { locateRepository } from './repository.ts';
import { scratchRepositories } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

const all = async (listing: ChangeListing): Promise<Change[]> => {
  const changes: Change[] = [];
  for await (const some of listing.changes()) changes.push(...some);
  return changes;
};

describe('changes of commits', () => {
  test('are the same whether they are read when they are asked for or before', async () => {
    const scratch = repository();
    for (let commit = 0; commit < 20; commit += 1)
      scratch.commit({ 'a.txt': `${commit}`, [`dir/${'long name '.repeat(20)}${commit}.txt`]: 'b' });
    const listed = { commits: ['--all', '--reverse'] };
    const place = locateRepository(scratch.path);
    const ahead = new ChangeListing(place, listed, true);
    await setTimeout(100);
    const changes = await all(ahead);
    expect(changes).toHaveLength(40);
    expect(await all(new ChangeListing(place, listed))).toEqual(changes);
  });

  test('that git fails to list are an error when they are asked for, not before', async () => {
    const scratch = repository();
    const ahead = new ChangeListing(locateRepository(scratch.path), { commits: ['no-such-branch'] }, true);
    await setTimeout(100);
    await expect(all(ahead)).rejects.toThrow('git failed while listing commits');
  });

  test('that nobody wants any more end quietly', async () => {
    const scratch = repository();
    scratch.commit({ 'a.txt': 'a' });
    const ahead = new ChangeListing(locateRepository(scratch.path), { commits: ['--all'] }, true);
    ahead.stop();
    expect((await all(ahead).catch(() => [])).length).toBeLessThan(2);
  });
});

import { describe, expect, test } from 'vitest';
import { openLeasesWorld } from '../testing/leases-world.ts';

const write = { name: 'writer', connection: 'db', ttl: 600, settings: { grant: 'write' } };

describe('writing a role', () => {
  test('whose rights the configured account lacks tells of each, and keeps it: they may come later', async () => {
    await using on = await openLeasesWorld();
    on.server.shortfalls = [{ what: 'pass on INSERT', remedy: 'GRANT INSERT TO root WITH GRANT OPTION' }];
    const { warnings } = await on.perform('engine.roles.write', write);
    expect(warnings).toEqual([
      'what this role needs is missing at its target: pass on INSERT. What to do: GRANT INSERT TO root WITH GRANT OPTION',
    ]);
    expect((await on.perform('engine.roles.read', { name: 'writer' })).output).toMatchObject({ ttl: 600 });
  });

  test('that has all it needs warns of nothing', async () => {
    await using on = await openLeasesWorld();
    expect((await on.perform('engine.roles.write', write)).warnings).toEqual([]);
    expect(on.server.calls.at(-1)).toBe('check');
  });

  test('at a target that does not answer says that it was not tried, and keeps it', async () => {
    await using on = await openLeasesWorld();
    on.server.down();
    const { warnings } = await on.perform('engine.roles.write', write);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^the role could not be tried at its target: connection refused\..*`watchword engine test database\/db`/,
      ),
    ]);
    expect((await on.perform('engine.roles.read', { name: 'writer' })).output).toMatchObject({ ttl: 600 });
  });

  test('of a connection that is not there says which there are', async () => {
    await using on = await openLeasesWorld();
    await expect(on.perform('engine.roles.write', { ...write, connection: 'absent' })).rejects.toMatchObject({
      code: 'engine.missing',
      message: expect.stringContaining('no connection absent at database/: `watchword list database/config`'),
    });
  });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { knownByRemote } from './remotes.ts';
import { locateRepository } from './repository.ts';
import { ScratchRepository } from './testing/scratch-repository.ts';

let scratch: ScratchRepository;
beforeEach(() => {
  scratch = new ScratchRepository();
});
afterEach(() => scratch.remove());

const known = (remote: string) => knownByRemote(locateRepository(scratch.path), remote);

test('what a configured remote has may be left out', async () => {
  scratch.git('remote', 'add', 'origin', '/private.git');
  scratch.git('remote', 'add', 'team/fork', '/fork.git');
  expect(await known('origin')).toEqual(['--remotes=origin']);
  expect(await known('team/fork')).toEqual(['--remotes=team/fork']);
});

test('what other remotes have counts for nothing at an address, or a remote that is not configured', async () => {
  expect(await known('origin')).toEqual([]);
  scratch.git('remote', 'add', 'origin', '/private.git');
  for (const address of ['/public.git', '../public.git', 'https://example.org/public.git', 'public', 'origin*', '', '.'])
    expect(await known(address)).toEqual([]);
});

test('refs of a remote that is pushed to elsewhere, or shares its folder with another, count for nothing', async () => {
  scratch.git('remote', 'add', 'origin', '/private.git');
  scratch.git('remote', 'add', 'origin/other', '/other.git');
  expect(await known('origin')).toEqual([]);
  expect(await known('origin/other')).toEqual([]);
  scratch.git('remote', 'remove', 'origin/other');
  scratch.git('remote', 'add', 'mirror', '/mirror.git');
  scratch.git('config', 'remote.mirror.fetch', '+refs/*:refs/*');
  expect(await known('origin')).toEqual([]);
  scratch.git('remote', 'remove', 'mirror');
  expect(await known('origin')).toEqual(['--remotes=origin']);
  scratch.git('remote', 'set-url', '--push', 'origin', '/public.git');
  expect(await known('origin')).toEqual([]);
});

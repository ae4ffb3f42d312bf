import { describe, expect, it } from 'vitest';
import { calledAs, withProgram } from './called-as.ts';
import { run } from './testing/memory-terminal.ts';

describe('hints name the program', () => {
  it.each([
    ['/srv/clone/bin/watchword', '/usr/bin', '/srv/clone', 'bin/watchword'],
    ['/srv/clone/bin/watchword', '/usr/bin', '/srv', 'clone/bin/watchword'],
    ['/srv/clone/bin/watchword', '/usr/bin', '/home/me', '/srv/clone/bin/watchword'],
    ['/srv/clone/bin/watchword', '/usr/bin:/srv/clone/bin', '/srv/clone', 'watchword'],
    ['/usr/local/bin/watchword', '/usr/local/bin:/usr/bin', '/srv/clone', 'watchword'],
    ['/home/me/app/node_modules/.bin/watchword', '/usr/bin', '/home/me/app', 'watchword'],
    ['/srv/clone/src/cli/main.ts', '/usr/bin', '/srv/clone', 'watchword'],
  ])('started as %s, with %s, in %s: %s', (launcher, searchPath, directory, name) => {
    expect(calledAs(launcher, searchPath, directory)).toBe(name);
  });

  it('in their commands and nowhere else', () => {
    expect(withProgram('Unseal watchword with `watchword operator unseal`.', 'bin/$&')).toBe(
      'Unseal watchword with `bin/$& operator unseal`.',
    );
  });

  it('also in errors and help', async () => {
    expect((await run(['kv', 'get'], { program: 'bin/watchword' })).err).toContain('--help');
    expect((await run(['kv', 'get', '--help'], { program: 'bin/watchword' })).out).toContain('bin/watchword kv get ');
    expect((await run(['read', '--timeout', '1', '--address', 'x', 'y'], { program: 'bin/watchword' })).err).toContain(
      '`bin/watchword help` lists the commands',
    );
  });
});

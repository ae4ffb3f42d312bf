import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/testing/memory-terminal.ts';
import { baselinePath } from '../../src/scanning/baseline/find-baseline.ts';
import { hookScript } from '../../src/scanning/hook/hook-script.ts';
import { scan } from '../../src/scanning/scan.ts';
import { ScratchRepository } from '../../src/scanning/sources/git/testing/scratch-repository.ts';
import { tokenFor } from '../../src/scanning/sources/testing/scan-source.ts';
import { runWatched } from './watched-command.ts';

/** Repositories whose owner, or one of whose contributors, wants a secret to pass or a program to run. */
const token = tokenFor('hostile repositories');
const line = `x = '${token}'\n`;

let repository: ScratchRepository;
beforeEach(() => {
  repository = new ScratchRepository();
  repository.commit({ 'README.md': 'hello\n' });
});
afterEach(() => repository.remove());

async function stagedFindings(): Promise<string[]> {
  const found: string[] = [];
  for await (const result of scan({ target: { kind: 'staged', repository: repository.path } }))
    if (result.kind === 'found' && result.silence === undefined) found.push(result.path);
  return [...new Set(found)];
}

describe('a hook', () => {
  const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
  test.each<readonly [string, Buffer | string]>([
    ['a zero in front', `#\0\n${line}`],
    ['so many zeros that it is no text', Buffer.concat([Buffer.alloc(4000, 'ab\0\u0001'), Buffer.from(`\n${line}`)])],
    ['UTF-16 without a mark', wide(line)],
    ['UTF-16 that begins with other letters', wide(`# ${'\u4f60\u597d'.repeat(6)}\n${line}`)],
    [
      'JSON escapes',
      JSON.stringify({ k: [...token].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('') }).replaceAll(
        '\\\\',
        '\\',
      ),
    ],
    ['Base64 in lines', Buffer.from(line).toString('base64').replace(/.{40}/g, '$&\n')],
    ['hexadecimal', Buffer.from(line).toString('hex')],
    ['a line of megabytes', `${'a'.repeat(5_000_000)} ${line}`],
    ['a remark without a reason', `x = '${token}' # watchword:ignore\n`],
    ['a remark that a long line is below', `# watchword:ignore this is fine\ny = '${'a '.repeat(2_000)}'; ${line}`],
  ])('sees through %s', async (_what, content) => {
    repository.write('a.py', content);
    repository.write('b.py', 'y = 1\n');
    repository.git('add', '-A');
    expect(await stagedFindings()).toEqual(['a.py']);
  });

  test('looks at what is staged, not at the work tree, and at links', async () => {
    repository.write('a.py', line);
    symlinkSync(token, join(repository.path, 'b'));
    repository.git('add', '-A');
    repository.write('a.py', 'x = 1\n');
    expect((await stagedFindings()).sort()).toEqual(['a.py', 'b']);
  });

  test('is not blinded by attributes', async () => {
    repository.commit({ '.gitattributes': '* binary -text -diff filter=none diff=none\n' });
    repository.write('a.py', line);
    repository.git('add', '-A');
    expect(await stagedFindings()).toEqual(['a.py']);
  });

  test('never calls a program of the work tree', () => {
    expect(hookScript('pre-commit', '/opt/watchword')).not.toMatch(/PWD|node_modules/);
  });
});

describe('a baseline', () => {
  test('above the repository, or above a folder that is none, does not count', () => {
    const beside = repository.beside('watchword-baseline.jsonl');
    writeFileSync(beside, '');
    repository.write('sub/a.py', '');
    expect(baselinePath(join(repository.path, 'sub'))).toBe(join(repository.path, 'watchword-baseline.jsonl'));
    expect(baselinePath(repository.beside('other/sub'))).toBe(join(repository.beside('other/sub'), 'watchword-baseline.jsonl'));
  });

  test('that is a device is refused at once', async () => {
    const link = join(repository.path, 'watchword-baseline.jsonl');
    symlinkSync('/dev/zero', link);
    expect(await run(['scan', '--threads', '1', '--baseline', link, repository.path])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no file'),
    });
  });
});

/** Stages a file, with a git that runs into the traps; what they leave at `ran` is taken away again. */
function stage(name: string, content: string, ran: string): void {
  const before = existsSync(ran);
  const id = repository.gitWith({ input: content }, 'hash-object', '-w', '--stdin');
  repository.git('update-index', '--add', '--cacheinfo', `100644,${id},${name}`);
  if (!before) rmSync(ran, { force: true });
}

describe('nothing of a repository is run', () => {
  test('whatever is configured in it, and nothing is sent anywhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watchword-traps-'));
    const [ran, sent] = [join(folder, 'ran'), join(folder, 'sent')];
    const trap = join(folder, 'trap');
    writeFileSync(trap, `#!/bin/sh\necho "$0 $@" >> ${ran}\ncat\n`);
    chmodSync(trap, 0o755);
    // Whoever opens a socket or asks for a name leaves a mark; so do scanning threads, which get it too.
    const guard = join(folder, 'guard.mjs');
    writeFileSync(
      guard,
      `import net from 'node:net'; import dns from 'node:dns'; import dgram from 'node:dgram'; import fs from 'node:fs';
       const mark = () => { fs.writeFileSync(${JSON.stringify(sent)}, ''); throw new Error('no network'); };
       net.Socket.prototype.connect = mark; dns.lookup = mark; dns.promises.lookup = mark; dgram.createSocket = mark;`,
    );
    repository.commit({ '.gitattributes': '* filter=x diff=x\n', 'a.py': line });
    for (const name of traps) repository.git('config', name, trap);
    repository.git('config', 'remote.origin.url', `ext::${trap}`);
    repository.git('config', 'remote.origin.promisor', 'true');
    repository.git('config', 'extensions.partialClone', 'origin');
    for (const hook of ['post-index-change', 'pre-commit', 'reference-transaction']) {
      writeFileSync(join(repository.path, '.git/hooks', hook), `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
    }
    const environment = { NODE_OPTIONS: `--import=${pathToFileURL(guard).href}` };
    const codes: (number | null)[] = [];
    for (const words of commands) {
      if (words.includes('--staged')) stage('b.py', line, ran);
      // A process of its own each: what a command starts is to be seen as well.
      const { code, stderr } = await runWatched(words, { home: repository.path, environment });
      expect(stderr).not.toMatch(/fault in Watchword|no network/);
      codes.push(code);
    }
    // Put before the folder is gone: each of them found what there is.
    const marks = [ran, sent].filter((file) => existsSync(file));
    rmSync(folder, { recursive: true });
    expect({ codes, marks }).toEqual({ codes: [0, 3, 3, 3, 3], marks: [] });
  });
});

const traps = [
  ...[
    'core.fsmonitor',
    'core.pager',
    'core.sshCommand',
    'core.editor',
    'core.askPass',
    'core.gitProxy',
    'core.alternateRefsCommand',
  ],
  ...['diff.external', 'diff.x.textconv', 'diff.x.command', 'filter.x.clean', 'filter.x.smudge', 'filter.x.process'],
  ...['credential.helper', 'gpg.program', 'uploadpack.packObjectsHook', 'remote.origin.uploadpack', 'interactive.diffFilter'],
];
/** The first of them has nothing to look at, and asks git once more whether that is so. */
const commands = [
  ['hook', 'run', 'pre-commit'],
  ['scan', '--threads', '2'],
  ['scan', '--history'],
  ['scan', '--range', 'HEAD'],
  ['scan', '--staged'],
];

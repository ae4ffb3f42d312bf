import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const launcher = join(import.meta.dirname, '../../bin/watchword');

interface Outcome {
  readonly code: number;
  /** On standard output, and then on standard error. */
  readonly said: string;
}

/** Somebody with `watchword` on the PATH, a home of their own, and in it a repository with a server. */
export class PersonWithGit {
  readonly home: string;
  readonly clone: string;
  readonly server: string;

  private constructor(home: string) {
    this.home = home;
    this.clone = join(home, 'clone');
    this.server = join(home, 'server.git');
  }

  static async arrives(): Promise<PersonWithGit> {
    const person = new PersonWithGit(await mkdtemp(join(tmpdir(), 'watchword-git-')));
    const { home, clone, server } = person;
    await mkdir(join(home, 'bin'));
    await symlink(launcher, join(home, 'bin/watchword'));
    await person.shell(home, 'git', 'init', '-q', '--bare', server);
    await person.shell(home, 'git', 'init', '-q', '-b', 'main', clone);
    await person.git('remote', 'add', 'origin', server);
    return person;
  }

  leaves(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }

  shell(folder: string, program: string, ...args: readonly string[]): Promise<Outcome> {
    return this.shellWith({}, folder, program, ...args);
  }

  shellWith(
    environment: Readonly<Record<string, string>>,
    folder: string,
    program: string,
    ...args: readonly string[]
  ): Promise<Outcome> {
    const env = {
      PATH: [join(this.home, 'bin'), process.env['PATH']].join(delimiter),
      HOME: this.home,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_CONFIG_NOSYSTEM: '1',
      ...environment,
    };
    return run(program, args, { cwd: folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
    );
  }

  git(...args: readonly string[]): Promise<Outcome> {
    return this.shell(this.clone, 'git', ...args);
  }

  watchword(...args: readonly string[]): Promise<Outcome> {
    return this.shell(this.clone, 'watchword', ...args);
  }

  /** Everything that is there, with one file changed. */
  async commit(file: string, text: string, ...options: readonly string[]): Promise<Outcome> {
    await writeFile(join(this.clone, file), text);
    await this.git('add', '.');
    return this.git('commit', '-m', file, ...options);
  }
}

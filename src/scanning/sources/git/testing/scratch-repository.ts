import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { github } from '../../../detectors/index.ts';
import { Maker } from '../../../detectors/maker.ts';
import { Scanner } from '../../../engine/scanner.ts';
import type { Format } from '../../../format.ts';
import { type NotScanned, newProgress, type Progress, type Sighting } from '../../../sighting.ts';
import type { ScanContext, Source } from '../../../source.ts';
import { Unfolder } from '../../../unfolder.ts';

/** For tests: a repository made by the real git in a temporary folder, and what a source finds there. */
export class ScratchRepository {
  readonly path: string;
  readonly #root: string;
  #seconds = 1_700_000_000;

  constructor(...initOptions: readonly string[]) {
    this.#root = mkdtempSync(join(tmpdir(), 'watchword-git-'));
    this.path = join(this.#root, 'repository');
    mkdirSync(this.path);
    this.git('init', '-q', '-b', 'main', ...initOptions);
  }

  /** A path beside the repository. */
  beside(name: string): string {
    return join(this.#root, name);
  }

  git(...args: readonly string[]): string {
    return this.gitWith({}, ...args);
  }

  gitWith({ input, cwd = this.path }: { input?: string | Buffer; cwd?: string }, ...args: readonly string[]): string {
    this.#seconds += 60;
    const date = `${this.#seconds} +0200`;
    const environment = {
      PATH: process.env.PATH,
      HOME: this.#root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    const options = {
      cwd,
      env: environment,
      ...(input === undefined ? {} : { input }),
      stdio: 'pipe',
      maxBuffer: 2 ** 28,
    } as const;
    return execFileSync('git', [...args], options)
      .toString()
      .trim();
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Writes files and commits everything; returns the commit's id. */
  commit(files: Readonly<Record<string, string | Uint8Array>>, message = 'change'): string {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

const make = new Maker('git source');
const [detector] = [github].flat();

/** A credential that our detectors know, another one each time. */
export function secret(): string {
  const [example] = detector?.examples(make).positive ?? [];
  if (example === undefined) throw new Error('the detector has no example');
  return example.value;
}

export interface Scanned {
  readonly sightings: readonly (Sighting & { readonly text: string })[];
  readonly problems: readonly NotScanned[];
  readonly progress: Progress;
  /** `path value`, sorted. */
  readonly places: readonly string[];
}

/** Runs a source to its end. */
export async function scanned(source: Source, formats: readonly Format[] = [], signal?: AbortSignal): Promise<Scanned> {
  const scanner = new Scanner([github].flat());
  const progress = newProgress();
  const unfolder = new Unfolder(scanner, formats, progress);
  const context: ScanContext = { scanner, unfolder, progress, ...(signal === undefined ? {} : { signal }) };
  const sightings: (Sighting & { text: string })[] = [];
  const problems: NotScanned[] = [];
  for await (const event of source(context)) {
    if (event.kind === 'not-scanned') problems.push(event);
    else sightings.push({ ...event, text: Buffer.from(event.value).toString('latin1') });
  }
  return { sightings, problems, progress, places: sightings.map(({ path, text }) => `${path} ${text}`).sort() };
}

interface ScratchRepositories {
  repository(...initOptions: readonly string[]): ScratchRepository;
  /** For `afterEach`. */
  removeAll(): void;
}

/** Makes repositories and remembers them, to be removed after each test. */
export function scratchRepositories(): ScratchRepositories {
  const made: ScratchRepository[] = [];
  return {
    repository(...initOptions) {
      const scratch = new ScratchRepository(...initOptions);
      made.push(scratch);
      return scratch;
    },
    removeAll() {
      for (const scratch of made.splice(0)) scratch.remove();
    },
  };
}

/** What `rotated` reads. */
export const rotatedText = (text: string): Buffer => Buffer.from(Buffer.from(text).map((byte) => byte ^ 1));

/** A format that is told by the path alone, in which nothing is seen of what is inside. */
export const rotated: Format = {
  kind: 'rot',
  title: 'Rotated',
  recognises: (path) => path.endsWith('.rot'),
  async *unfold(content) {
    yield { kind: 'text', bytes: (await content.whole()).map((byte) => byte ^ 1), address: 'whole' };
  },
};

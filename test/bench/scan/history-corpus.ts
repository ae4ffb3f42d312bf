import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Maker } from '../../../src/scanning/detectors/maker.ts';

const extensions = new Set(['.py', '.ts', '.js', '.mjs', '.md', '.json', '.h', '.c', '.css', '.yml', '.toml', '.txt', '.rst']);

const SMALLEST = 9_000;
const LARGEST = 250_000;
const FILES = 1600;
const FOLDERS = 60;
/** Commits between two releases: git packs what a tag reaches delta by delta, and without tags it reads several times slower. */
const RELEASE = 100;
/** Commits for one that brings a new file. */
const REWRITTEN = 4;
/** Commits between two leaks, and how long one stays. */
const LEAK = 250;
const LEAK_STAYS = 20;

/** Text files below the folders, of a size as in real repositories, at most `most`. */
function sources(folders: readonly string[], most: number): Buffer[] {
  const found: Buffer[] = [];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (found.length >= most) return found;
      if (!entry.isFile() || !extensions.has(extname(entry.name))) continue;
      const path = join(entry.parentPath, entry.name);
      const { size } = statSync(path);
      if (size < SMALLEST || size > LARGEST) continue;
      const bytes = readFileSync(path);
      if (!bytes.includes(0)) found.push(bytes);
    }
  }
  return found;
}

/** A file under edit, as lines. */
interface Evolving {
  readonly path: string;
  lines: string[];
}

/** Lines that stand nowhere else: of other files, with new names in them. */
function fresh(all: readonly Evolving[], count: number, make: Maker): string[] {
  const { lines } = make.pick(all);
  const from = make.below(Math.max(1, Math.min(lines.length, 65_000)));
  const name = make.chars('lower', make.between(4, 12));
  return lines
    .slice(from, from + count)
    .map((line, at) => line.replace(/[a-z]{4,}/, at % 4 === 0 ? make.chars('lower', 7) : name));
}

/** What a commit does to a file: some lines changed, added or removed, in a few places. */
function edit(file: Evolving, all: readonly Evolving[], make: Maker): void {
  for (let places = make.between(1, 5); places > 0; places -= 1) {
    const { lines } = file;
    const at = make.below(Math.max(1, Math.min(lines.length, 65_000)));
    const added = fresh(all, make.between(1, 40), make);
    lines.splice(at, make.between(0, Math.min(40, lines.length)), ...added);
  }
}

/** A new file in place of an old one. */
function rewrite(file: Evolving, all: readonly Evolving[], make: Maker): void {
  const wanted = file.lines.length;
  file.lines = [];
  while (file.lines.length < wanted) file.lines.push(...fresh(all, make.between(3, 20), make), '');
}

/** Most commits change few files, and those of one folder. */
function chosen(files: readonly Evolving[], make: Maker): Evolving[] {
  const first = make.below(files.length);
  return Array.from({ length: make.between(1, 10) }, (_, index) =>
    index % 4 === 3 ? make.pick(files) : (files[(first + FOLDERS * make.below(8)) % files.length] as Evolving),
  );
}

/** A credential comes with a commit and goes some commits later. */
class Leak {
  readonly #make: Maker;
  #file: Evolving | undefined;
  #lines: readonly string[] = [];

  constructor(make: Maker) {
    this.#make = make;
  }

  /** The file that it changed. */
  step(commit: number, files: readonly Evolving[]): Evolving[] {
    if (commit % LEAK === 0) {
      this.#file = this.#make.pick(files);
      const examples = this.#make.pick(catalogue).examples(this.#make).positive;
      this.#lines = (examples[0]?.text ?? '').split('\n');
      this.#file.lines.splice(this.#make.below(Math.min(this.#file.lines.length, 65_000)), 0, ...this.#lines);
      return [this.#file];
    }
    if (commit % LEAK !== LEAK_STAYS || this.#file === undefined) return [];
    const gone = new Set(this.#lines);
    this.#file.lines = this.#file.lines.filter((line) => !gone.has(line));
    return [this.#file];
  }
}

const quoted = (text: string): string => `data ${Buffer.byteLength(text, 'latin1')}\n${text}\n`;

/** The history as git fast-import reads it, until `bytes` of file versions were written. */
function* evolution(files: readonly Evolving[], bytes: number, make: Maker): Generator<string> {
  const leak = new Leak(make);
  let written = 0;
  for (let commit = 1; written < bytes; commit += 1) {
    const changed = commit === 1 ? files : chosen(files, make);
    let text = `commit refs/heads/main\nmark :${commit}\ncommitter A <a@example.com> ${1_600_000_000 + commit * 600} +0000\n`;
    text += quoted(`change ${commit}`);
    if (commit > 1) text += `from :${commit - 1}\n`;
    const leaking = commit > 1 ? leak.step(commit, files) : [];
    const isNew = commit > 1 && make.below(REWRITTEN) === 0;
    for (const [index, file] of [...new Set([...leaking, ...changed])].entries()) {
      if (isNew && index === 0 && leaking.length === 0) rewrite(file, files, make);
      else if (commit > 1) edit(file, files, make);
      const body = file.lines.join('\n');
      written += body.length;
      text += `M 100644 inline ${file.path}\n${quoted(body)}`;
    }
    if (commit % RELEASE === 0) text += `reset refs/tags/v${commit / RELEASE}\nfrom :${commit}\n\n`;
    yield text;
  }
}

/**
 * A repository with a history of about `bytes` of unique blobs, with releases, made by evolving source files of this machine and
 * packed as `git repack -adF` does: git reads it as fast as it reads the histories of real projects. Kept under the system's temporary folder and used again; the same machine gives the same one.
 */
export async function historyCorpus(bytes: number): Promise<string> {
  const folder = join(tmpdir(), `watchword-history-${Math.round(bytes / 1e6)}mb-3`);
  if (existsSync(join(folder, 'ready'))) return folder;
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]): void => {
    const { status } = spawnSync('git', ['-C', folder, ...args], { stdio: 'ignore' });
    if (status !== 0) throw new Error(`git ${args[0]} failed`);
  };
  git('init', '--bare', '-q');
  const folders = [join(process.cwd(), 'node_modules'), '/usr/lib/python3', '/usr/lib/python3.11', '/usr/share', '/usr/include'];
  const files = sources(folders, FILES).map((content, index) => ({
    path: `src/part${index % FOLDERS}/file${index}.py`,
    lines: content.toString('latin1').split('\n'),
  }));
  const importing = spawn('git', ['-C', folder, '-c', 'core.compression=1', 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => importing.on('close', resolve));
  for (const text of evolution(files, bytes, new Maker('history'))) {
    if (!importing.stdin.write(text, 'latin1'))
      await new Promise<void>((resolve) => importing.stdin.once('drain', () => resolve()));
  }
  importing.stdin.end();
  if ((await ended) !== 0) throw new Error('git fast-import failed');
  // With `F` git compresses anew what was quickly compressed above.
  git('repack', '-adFq');
  mkdirSync(join(folder, 'ready'));
  return folder;
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { catalogue } from '../../catalogue.ts';
import { Maker } from '../../detectors/maker.ts';
import { Scanner } from '../../engine/scanner.ts';
import { growForest } from './delta-forest.ts';
import { type Landmarks, LineageScanner } from './lineage-scan.ts';
import { Pack } from './pack.ts';
import { PackWalk } from './pack-walk.ts';
import { scratchRepositories } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

const BLOB = 3;

/** A small change somewhere in an example, or in front of it, or another way to write it. */
function altered(example: string, make: Maker): string {
  const at = make.below(Math.min(example.length, 60_000));
  const lines = example.split('\n');
  switch (make.below(7)) {
    case 0:
      return `${example.slice(0, at)}${make.chars('word', 1)}${example.slice(at + 1)}`;
    case 1:
      return lines.toSpliced(make.below(lines.length), 1).join('\n');
    case 2:
      return lines
        .toSpliced(make.below(lines.length), 0, `# ${make.pick(['the api key', 'password', 'sha256', 'example'])}:`)
        .join('\n');
    case 3:
      return `text = "${Buffer.from(example, 'latin1').toString('base64')}"`;
    case 4:
      return `text = ${JSON.stringify(example)}`;
    case 5:
      return `see ${encodeURIComponent(example)}`;
    default:
      return `${example.slice(0, at)} ${example.slice(at)}`;
  }
}

/** One version of a file after another: half an example comes, is completed, broken or moved, and goes. */
function versions(make: Maker): string[] {
  const examples = catalogue.flatMap((detector) => detector.examples(make).positive.map(({ text }) => text));
  const plain = Array.from(
    { length: 300 },
    (_, line) => `value_${line} = compute(${make.below(1000)}, "${make.chars('lower', 12)}")`,
  );
  const all: string[] = [];
  for (let round = 0; round < 220; round += 1) {
    plain.splice(make.below(plain.length), make.below(3), `changed_${round} = run(${make.below(1000)})`);
    all.push(plain.join('\n'));
    const lines = [...plain];
    const at = make.below(lines.length);
    const example = make.pick(examples);
    const cut = make.below(Math.min(example.length, 60_000));
    lines.splice(at, 0, example.slice(0, cut));
    all.push(lines.join('\n'));
    // The match lies across what is old and what is new.
    lines[at] = make.below(4) === 0 ? example.slice(cut) : example;
    all.push(lines.join('\n'));
    lines[at] = altered(example, make);
    all.push(lines.join('\n'));
    lines[at] = altered(lines[at], make);
    all.push(lines.join('\n'));
    lines.push(...lines.splice(make.below(lines.length), 20));
    all.push(lines.join('\n'));
  }
  return all;
}

test('scanning only what is new in a blob tells the same blobs apart as scanning all of it', () => {
  const scratch = repository();
  const bodies = versions(new Maker('fresh parts'));
  const imported = bodies.map((body, index) => {
    const parent = index === 0 ? '' : `from :${index}\n`;
    const head = `commit refs/heads/main\nmark :${index + 1}\ncommitter A <a@example.com> ${1_700_000_000 + index} +0000\ndata 0\n`;
    return `${head}${parent}M 100644 inline f\ndata ${Buffer.byteLength(body, 'latin1')}\n${body}\n`;
  });
  scratch.gitWith({ input: Buffer.from(imported.join(''), 'latin1') }, 'fast-import', '--quiet');
  scratch.git('repack', '-adfq', '--depth=200');
  const folder = join(scratch.path, '.git/objects/pack');
  const name = readdirSync(folder).find((file) => file.endsWith('.pack')) ?? '';
  const pack = new Pack(join(folder, name.slice(0, -5)), 20);
  const forest = growForest(pack);
  const wanted = new Uint8Array(pack.index.count).fill(1);
  const walk = new PackWalk<Landmarks>({ pack, forest, wanted, kind: BLOB, seams: 64, outside: () => undefined });
  const scanner = new Scanner(catalogue);
  const lineage = new LineageScanner(scanner);
  const differing: number[] = [];
  let partly = 0;
  let found = 0;
  for (const walked of walk.objects(walk.roots().map((root) => root.place))) {
    const { place, bytes, derived, baseNote } = walked;
    if (bytes === undefined) continue;
    const { hits, landmarks } = lineage.scan(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), baseNote, derived);
    const all = scanner.scan(bytes, { path: '' });
    walked.note = landmarks;
    // From a base that holds something all of it is to come out; from a clean one, whether there is anything.
    const same = baseNote?.clean === true ? hits.length > 0 === all.length > 0 : isDeepStrictEqual(hits, all);
    if (!same) differing.push(place);
    if (baseNote !== undefined) partly += 1;
    if (baseNote !== undefined && all.length > 0) found += 1;
  }
  pack.close();
  expect(differing).toEqual([]);
  expect(partly).toBeGreaterThan(100);
  expect(found).toBeGreaterThan(20);
}, 120_000);

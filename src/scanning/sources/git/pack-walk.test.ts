import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Maker } from '../../detectors/maker.ts';
import { growForest } from './delta-forest.ts';
import { ObjectStore, toHex } from './object-store.ts';
import { kinds, Pack } from './pack.ts';
import { PackWalk } from './pack-walk.ts';
import { locateRepository } from './repository.ts';
import { type ScratchRepository, scratchRepositories } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

/** A repository with a few hundred objects in one pack, repacked with these settings. */
function packed(format: string, ...settings: readonly string[]): { scratch: ScratchRepository; path: string } {
  const scratch = repository(`--object-format=${format}`);
  const make = new Maker('pack walk');
  const lines = Array.from({ length: 3000 }, () => make.chars('base62', 40));
  for (let commit = 0; commit < 40; commit += 1) {
    for (let change = 0; change < 5; change += 1) lines[make.below(lines.length)] = make.chars('base62', make.between(0, 60));
    scratch.commit({ 'a.txt': lines.join('\n'), [`dir/${commit % 7}.txt`]: lines.slice(commit, 50).join('\n'), empty: '' });
  }
  scratch.git(...settings.flatMap((setting) => ['-c', setting]), 'repack', '-adfq', '--depth=300', '--window=50');
  const folder = join(scratch.path, '.git/objects/pack');
  const name = readdirSync(folder).find((file) => file.endsWith('.pack')) ?? '';
  return { scratch, path: join(folder, name.slice(0, -5)) };
}

const idOf = (format: string, kind: number, bytes: Uint8Array): string =>
  createHash(format).update(`${kinds[kind]} ${bytes.length}\0`).update(bytes).digest('hex');

describe.each(['sha1', 'sha256'])('a pack of a %s repository', (format) => {
  const idBytes = format === 'sha1' ? 20 : 32;

  test.each([
    ['distances', [], undefined],
    ['ids', ['repack.useDeltaBaseOffset=false'], undefined],
    ['distances, read in blocks', [], 0],
  ])('whose deltas name their base by %s gives every object as its id says', (_name, settings, held) => {
    const { path } = packed(format, ...settings);
    const pack = new Pack(path, idBytes, held);
    const wanted = new Uint8Array(pack.index.count).fill(1);
    const forest = growForest(pack);
    const walk = new PackWalk({ pack, forest, wanted, kind: 0, outside: () => undefined });
    const wrong: number[] = [];
    let count = 0;
    for (const { place, kind, bytes } of walk.objects(walk.roots().map((root) => root.place))) {
      count += 1;
      const id = toHex(pack.index.idAt(pack.order[place] as number));
      if (bytes === undefined || idOf(format, kind, bytes) !== id) wrong.push(place);
    }
    pack.close();
    expect(wrong).toEqual([]);
    expect(count).toBe(wanted.length);
    expect(count).toBeGreaterThan(150);
  });

  test('whose index has offsets of eight bytes gives single objects as their ids say', () => {
    const { scratch, path } = packed(format);
    rmSync(`${path}.idx`, { force: true });
    scratch.git('index-pack', '--index-version=2,0x40', `${path}.pack`);
    const store = new ObjectStore(locateRepository(scratch.path));
    const [pack] = store.packs;
    if (pack === undefined) throw new Error('there is no pack');
    const wrong = Array.from({ length: pack.index.count }, (_, position) => position).filter((position) => {
      const id = pack.index.idAt(position);
      const object = store.read(id);
      return object?.bytes === undefined || idOf(format, object.kind, object.bytes) !== toHex(id);
    });
    store.close();
    expect(wrong).toEqual([]);
  });
});

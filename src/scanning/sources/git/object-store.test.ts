import { afterEach, expect, test } from 'vitest';
import { Maker } from '../../detectors/maker.ts';
import { ObjectStore } from './object-store.ts';
import { locateRepository } from './repository.ts';
import { scratchRepositories } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

test('versions of a file are read right in any order and again, whatever was done to the bytes before', () => {
  const scratch = repository();
  const make = new Maker('object store');
  const lines = Array.from({ length: 200 }, () => make.chars('base62', 40));
  const versions = new Map<string, string>();
  for (let version = 0; version < 30; version += 1) {
    lines[make.below(lines.length)] = make.chars('base62', 30);
    const text = lines.join('\n');
    scratch.commit({ 'a.txt': text });
    versions.set(scratch.git('rev-parse', 'HEAD:a.txt'), text);
  }
  scratch.git('repack', '-adfq', '--depth=50', '--window=50');
  const store = new ObjectStore(locateRepository(scratch.path));
  for (const order of [[...versions], [...versions].reverse(), [...versions].sort()]) {
    for (const [id, text] of order) {
      const bytes = store.read(Buffer.from(id, 'hex'))?.bytes ?? Buffer.alloc(0);
      expect(Buffer.from(bytes).toString()).toBe(text);
      bytes.fill(0);
    }
  }
  store.close();
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Sighting } from '../sighting.ts';
import { parseForeignBaseline } from './imports.ts';

const sighting = (path: string, line: number, more: Partial<Sighting> = {}): Sighting => ({
  kind: 'sighting',
  detector: 'generic-password',
  confidence: 'medium',
  reasons: [],
  value: Buffer.from('a secret'),
  layers: [],
  path,
  address: `${path}:${line}`,
  start: { line, column: 1, byte: 0 },
  end: { line, column: 9, byte: 8 },
  ...more,
});
const commit = 'c0ffee'.padEnd(40, '0');

/** For each sighting, the texts of the entries that mean it. */
async function meant(text: string, ...sightings: Sighting[]): Promise<string[][]> {
  const { entries } = await parseForeignBaseline(text, 'file');
  return sightings.map((one) => entries.filter((entry) => entry.matches(one)).map((entry) => entry.text));
}

describe('.gitleaksignore', () => {
  const text = `# remark\n\n${commit}:src/a.py:generic-api-key:3\nb:c.env:aws:7\n`;

  test('means a file and a line, and of a history the commit', async () => {
    const origin = { blob: '00', commit, reachable: true };
    const other = { blob: '00', commit: 'd'.repeat(40), reachable: true };
    expect(
      await meant(
        text,
        sighting('src/a.py', 3),
        sighting('src/a.py', 3, { origin }),
        sighting('src/a.py', 3, { origin: other }),
        sighting('b:c.env', 7),
      ),
    ).toEqual([[`${commit}:src/a.py:generic-api-key:3`], [`${commit}:src/a.py:generic-api-key:3`], [], ['b:c.env:aws:7']]);
  });

  test('means no other line or file', async () => {
    expect(await meant(text, sighting('src/a.py', 4), sighting('src/xa.py', 3))).toEqual([[], []]);
  });
});

test('.secrets.baseline means a secret by its hash, wherever it moved, or its place', async () => {
  const hash = createHash('sha1').update('a secret').digest('hex');
  const text = JSON.stringify({
    results: {
      'x.py': [
        { hashed_secret: hash, line_number: 1 },
        { hashed_secret: 'other', line_number: 5 },
      ],
    },
  });
  expect(await meant(text, sighting('moved.py', 9), sighting('x.py', 5, { value: Buffer.from('another') }))).toEqual([
    ['x.py:1'],
    ['x.py:5'],
  ]);
});

test("kingfisher's baseline means a file and a line", async () => {
  const text = 'ExactFindings:\n  matches:\n    - filepath: app/x.rb\n      fingerprint: 00ff\n      linenum: 12\n';
  expect(await meant(text, sighting('app/x.rb', 12), sighting('app/x.rb', 13))).toEqual([['app/x.rb:12'], []]);
});

test.each(['{"a": 1}', '{', 'just some text'])('%j is none of them', async (text) => {
  await expect(parseForeignBaseline(text, 'file')).rejects.toMatchObject({ code: 'client.usage' });
});

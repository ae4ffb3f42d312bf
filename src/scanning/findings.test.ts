import { describe, expect, test } from 'vitest';
import { Maker } from './detectors/maker.ts';
import { FindingList, MOST_PLACES } from './finding-list.ts';
import { type Disclosure, type Found, type ScanResult, withoutSecrets } from './findings.ts';
import { SHARED_SALT, saltedFingerprinter } from './fingerprints.ts';
import type { ScanEvent, Sighting } from './sighting.ts';

const make = new Maker('findings');

function sighting(value: Uint8Array, path: string, more: Partial<Sighting> = {}): Sighting {
  const start = { line: 1, column: 1, byte: 0 };
  const end = { line: 1, column: 1 + value.length, byte: value.length };
  const plain = { kind: 'sighting', detector: 'nobodys', confidence: 'medium', reasons: ['looks like it'], layers: [] } as const;
  return { ...plain, value, path, address: `${path}:1`, start, end, ...more };
}

const how: Disclosure = {
  detectors: new Map(),
  fingerprinter: saltedFingerprinter(SHARED_SALT),
  maskPath: (path) => path,
};

async function disclosed(events: readonly ScanEvent[], more: Partial<Disclosure> = {}): Promise<ScanResult[]> {
  const results: ScanResult[] = [];
  const source = async function* () {
    yield* events;
  };
  for await (const result of withoutSecrets(source(), { ...how, ...more })) results.push(result);
  return results;
}
const found = async (...args: Parameters<typeof disclosed>): Promise<Found[]> =>
  (await disclosed(...args)).filter((result) => result.kind === 'found');

describe('sightings without their secrets', () => {
  test('come in order, with one fingerprint for one secret, and leave zeroes behind', async () => {
    const values = [make.chars('base62', 40), 'a password', make.chars('base62', 40), 'a password'];
    const sightings = values.map((value, index) => sighting(Buffer.from(value), `${index}.py`));
    const results = await found(sightings);
    expect(results.map(({ path }) => path)).toEqual(['0.py', '1.py', '2.py', '3.py']);
    expect(results[1]?.fingerprint).toBe(results[3]?.fingerprint);
    expect(new Set(results.map(({ fingerprint }) => fingerprint)).size).toBe(3);
    for (const { value } of sightings) expect(value.every((byte) => byte === 0)).toBe(true);
    for (const value of values) expect(JSON.stringify(results)).not.toContain(value);
  });

  test('more of them than are held at once all arrive', async () => {
    const sightings = Array.from({ length: 200 }, (_, index) => sighting(Buffer.from(make.chars('hex', 40)), `${index}`));
    expect((await found(sightings)).map(({ path }) => Number(path))).toEqual(sightings.map((_, index) => index));
  });

  test('mask the secret in paths, reasons and authors', async () => {
    const value = make.chars('base62', 40);
    const origin = { blob: '00', commit: '11', author: `Ada ${value}`, reachable: true };
    const [result] = await found([sighting(Buffer.from(value), `keys/${value}.txt`, { reasons: [`is ${value}`], origin })]);
    expect(result).toMatchObject({ path: 'keys/….txt', address: 'keys/….txt:1', reasons: ['is …'], origin: { author: 'Ada …' } });
  });

  test('are silenced by a remark with a reason only', async () => {
    const at = (ignored: string) => sighting(Buffer.from('a password'), 'x', { ignored });
    const [silenced, open] = await found([at('sandbox'), at('')]);
    expect(silenced?.silence).toEqual({ by: 'inline', reason: 'sandbox' });
    expect(open?.silence).toBeUndefined();
    expect(open?.reasons).toContain('watchword:ignore without a reason does not count');
  });

  test('hold the secret only when it was asked for', async () => {
    const show = async (more: Partial<Disclosure>) => (await found([sighting(Buffer.from('a password'), 'x')], more))[0]?.secret;
    expect(await show({})).toBeUndefined();
    expect(await show({ showSecrets: true })).toBe('a password');
  });

  test('can be looked at before they are gone', async () => {
    const [result] = await found([sighting(Buffer.from('a password'), 'x')], { markOf: ({ value }) => `${value.length} bytes` });
    expect(result?.mark).toBe('10 bytes');
  });

  test('what was not scanned passes in its place, its path masked', async () => {
    const results = await disclosed(
      [sighting(Buffer.from('a password'), 'x'), { kind: 'not-scanned', path: 'secret.zip', reason: 'broken' }],
      { maskPath: (path) => path.replace('secret', '…') },
    );
    expect(results[1]).toEqual({ kind: 'not-scanned', path: '….zip', reason: 'broken' });
  });
});

describe('findings', () => {
  test('are one for each secret, the surest first, with the best of its places', async () => {
    const list = new FindingList();
    const results = await found([
      sighting(Buffer.from('a password'), 'b.py', { confidence: 'low' }),
      sighting(Buffer.from('another'), 'c.py'),
      sighting(Buffer.from('a password'), 'a.py', { confidence: 'high', reasons: ['checksum is right'] }),
    ]);
    for (const result of results) list.add(result);
    const [first, second, ...none] = list.all();
    expect(none).toEqual([]);
    expect(first).toMatchObject({ confidence: 'high', reasons: ['checksum is right'], length: 10, silenced: false });
    expect(first?.places.map(({ path }) => path)).toEqual(['a.py', 'b.py']);
    expect(second?.places).toHaveLength(1);
  });

  test('with a place in a million files stay bounded', async () => {
    const [one] = await found([sighting(Buffer.from('a password'), 'x')]);
    const list = new FindingList();
    for (let count = 0; count < MOST_PLACES + 10; count += 1) list.add(one as Found);
    expect(list.all()[0]).toMatchObject({ morePlaces: 10, places: { length: MOST_PLACES } });
  });
});

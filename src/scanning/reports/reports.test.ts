import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import { type ScanResult, withoutSecrets } from '../findings.ts';
import { SHARED_SALT, saltedFingerprinter } from '../fingerprints.ts';
import type { ScanEvent, Sighting } from '../sighting.ts';
import { newProgress } from '../sighting.ts';
import { Tally } from '../tally.ts';
import * as formats from './index.ts';
import type { ReportContext, ReportFormat } from './report.ts';
import { baselineLines } from './summary-lines.ts';

const all: readonly ReportFormat[] = Object.values(formats);
const fingerprinter = saltedFingerprinter(SHARED_SALT);
const make = new Maker('reports');

function sighting(value: string, path: string, more: Partial<Sighting> = {}): Sighting {
  const bytes = Buffer.from(value);
  const start = { line: 3, column: 5, byte: 40 };
  const end = { line: 3, column: 5 + value.length, byte: 40 + bytes.length };
  const plain = {
    kind: 'sighting',
    detector: 'nobodys',
    confidence: 'high',
    reasons: ['checksum is right'],
    layers: [],
  } as const;
  return { ...plain, value: bytes, path, address: `${path}:3`, start, end, ...more };
}

async function disclosed(events: readonly ScanEvent[]): Promise<ScanResult[]> {
  const results: ScanResult[] = [];
  const source = async function* () {
    yield* events;
  };
  const how = { detectors: new Map(), fingerprinter, maskPath: (path: string) => path };
  for await (const result of withoutSecrets(source(), how)) results.push(result);
  return results;
}

function written(format: ReportFormat, results: readonly ScanResult[], screen: Partial<ReportContext> = {}): string {
  let text = '';
  const context = { version: '1.2.3', program: 'watchword', colour: false, ...screen };
  const report = format.open((piece) => (text += piece), context);
  const tally = new Tally();
  for (const result of results) {
    report.add(result);
    tally.add(result);
  }
  const end = { what: '.', keyId: fingerprinter.keyId, progress: newProgress(), seconds: 0.25, interrupted: false };
  report.end(tally.summary(end));
  return text;
}

const token = () => make.chars('base62', 40);
const origin = {
  blob: 'b'.repeat(40),
  commit: 'c'.repeat(40),
  author: 'Ada <ada@example.com>',
  date: '2026-01-02T03:04:05Z',
  reachable: true,
};

describe.each(all.map((format) => [format.kind, format] as const))('%s', (kind, format) => {
  test('holds nothing of a secret beyond its first characters, not even in paths, reasons and names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: 60 }),
        fc.constantFrom('base62', 'hex', 'base64url'),
        async (length, alphabet) => {
          const value = make.chars(alphabet, length);
          const event = sighting(value, `keys/${value}.txt`, {
            reasons: [`looks like ${value}`],
            origin: { ...origin, author: value },
            ignored: '',
          });
          const text = written(format, await disclosed([event, sighting(value, 'other')]));
          for (let at = 0; at + 8 <= value.length; at += 1) expect(text).not.toContain(value.slice(at, at + 8));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('cannot be steered by the name of a file', async () => {
    const path = 'a\u001b[2J\u202eb\n=1+1|`c`,"d"';
    const text = written(format, await disclosed([sighting(token(), path), { kind: 'not-scanned', path, reason: 'broken' }]));
    for (const character of '\u001b\u009b\u202e') expect(text).not.toContain(character);
    if (kind === 'csv') expect(text).toContain('""d""');
  });

  test('is well-formed when nothing was found', () => {
    const text = written(format, []);
    if (kind === 'jsonl') expect(text).toBe('');
    else expect(text.length).toBeGreaterThan(10);
  });

  test('leaves out what is silenced, or marks it as such', async () => {
    const text = written(format, await disclosed([sighting(token(), 'silenced.py', { ignored: 'sandbox key' })]));
    if (kind === 'sarif')
      expect(JSON.parse(text).runs[0].results[0].suppressions).toEqual([expect.objectContaining({ kind: 'inSource' })]);
    else expect(text).not.toContain('silenced.py');
  });
});

describe('JSON lines', () => {
  test('have one place each with everything that is promised', async () => {
    const value = token();
    const lines = written(formats.jsonl, await disclosed([sighting(value, 'a.py', { origin }), sighting(value, 'b.py')]))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      detector: 'nobodys',
      confidence: 'high',
      reasons: ['checksum is right'],
      path: 'a.py',
      address: 'a.py:3',
      start: { line: 3, column: 5, byte: 40 },
      end: { line: 3, column: 45, byte: 80 },
      redacted: `${value.slice(0, 4)}…`,
      length: 40,
      fingerprint: expect.stringMatching(/^salt-[0-9a-f]{8}:[0-9a-f]{64}$/),
      commit: origin.commit,
      author: origin.author,
      date: origin.date,
    });
  });
});

test('JSON has one finding for a secret, with all its places', async () => {
  const value = token();
  const report = JSON.parse(written(formats.json, await disclosed([sighting(value, 'a.py'), sighting(value, 'b.py')])));
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0].places.map(({ path }: { path: string }) => path)).toEqual(['a.py', 'b.py']);
  expect(report.summary).toMatchObject({ complete: true, secrets: { high: 1, medium: 0, low: 0 } });
});

describe('CSV', () => {
  test.each(['=1+1', '+1', '-1', '@x'])('does not let a spreadsheet compute %j', async (path) => {
    const [, row = ''] = written(formats.csv, await disclosed([sighting(token(), path)])).split('\r\n');
    expect(row.split(',')[4]).toBe(`'${path}`);
  });
});

describe('SARIF', () => {
  test('says where, how sure, what was not scanned, and by what a viewer knows it again', async () => {
    const problem = { kind: 'not-scanned', path: 'a b.zip', reason: 'broken' } as const;
    const log = JSON.parse(written(formats.sarif, await disclosed([sighting(token(), 'dir/ä b.py'), problem])));
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run).toMatchObject({
      columnKind: 'utf16CodeUnits',
      tool: { driver: { name: 'watchword', semanticVersion: '1.2.3' } },
    });
    const [result] = run.results;
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(result.level).toBe('error');
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'dir/%C3%A4%20b.py' },
      region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 45, byteOffset: 40, byteLength: 40 },
    });
    expect(result.partialFingerprints['watchwordSecret/v1']).toMatch(/^salt-/);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, toolExecutionNotifications: [{ level: 'warning' }] });
  });
});

describe('the terminal', () => {
  test('shows a secret once, with its places, and the next step', async () => {
    const value = token();
    const text = written(formats.terminal, await disclosed([sighting(value, 'a.py'), sighting(value, 'b.py', { origin })]));
    expect(text.match(/HIGH/g)).toHaveLength(1);
    expect(text).toContain('a.py:3:5');
    expect(text).toContain('b.py:3:5  commit cccccccccccc by Ada <ada@example.com> on 2026-01-02');
    expect(text).toContain('revoke');
    expect(text).not.toContain('\u001b');
  });

  test('says what to type with the key that the fingerprints were made with', async () => {
    const found = await disclosed([sighting(token(), 'a.py')]);
    expect(written(formats.terminal, found, { keyOption: '--key-file team.key' })).toMatch(
      /baseline add \w+ --key-file team\.key --reason REASON/,
    );
  });

  test('has colours where they are wanted', async () => {
    expect(written(formats.terminal, await disclosed([sighting(token(), 'a.py')]), { colour: true })).toContain('\u001b[31mHIGH');
  });

  test('fits a narrow one without breaking a place or a command', async () => {
    const value = token();
    const address = 'notebooks/train.ipynb#cell[12].outputs[0].data[text/html]:1';
    const found = await disclosed([sighting(value, 'notebooks/train.ipynb', { address, origin })]);
    const lines = written(formats.terminal, found, { columns: 80 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContain(`        ${address}`);
    expect(lines).toContain('          (line 3, column 5)');
    expect(lines.filter((line) => line.trimStart().startsWith('watchword baseline add '))).toHaveLength(1);
    expect(written(formats.terminal, found)).toContain(`${address}  (line 3, column 5)  commit`);
  });
});

describe('what is said of a baseline with another key', () => {
  const said = (foreignKey: string) => {
    const baseline = { path: 'b.jsonl', entries: 1, expired: [], stale: [], foreignKey };
    const summary = new Tally().summary({ what: '.', keyId: 'key-1', progress: newProgress(), seconds: 0, interrupted: false });
    return baselineLines({ ...summary, baseline }).join('');
  };

  test('is to give the key, or to leave away the one that was given', () => {
    expect(said('key-2')).toContain('Give --key-file or --key-secret');
    expect(said('salt-2')).toContain('Run without --key-file');
  });
});

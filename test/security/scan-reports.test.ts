import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/testing/memory-terminal.ts';
import { withoutSecrets } from '../../src/scanning/findings.ts';
import { type Fingerprinter, SHARED_SALT, saltedFingerprinter, unguessable } from '../../src/scanning/fingerprints.ts';
import { csv } from '../../src/scanning/reports/index.ts';
import { scan as scanLibrary } from '../../src/scanning/scan.ts';
import type { Sighting } from '../../src/scanning/sighting.ts';
import { tokenFor } from '../../src/scanning/sources/testing/scan-source.ts';

/** Names and contents chosen by somebody who wants whoever reads the report to see, open or run something. */
const token = tokenFor('hostile reports');
const formats = ['terminal', 'json', 'jsonl', 'sarif', 'csv', 'markdown'] as const;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watchword-reports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const scan = (...words: string[]) => run(['scan', '--no-baseline', '--threads', '1', ...words, root]);

describe('a name', () => {
  const escapes = 'a\u001b]0;title\u0007\u001b[2J\n\u009bK\u202e.py';

  test.each(formats)('cannot steer a terminal or begin a line of its own: %s', async (format) => {
    writeFileSync(join(root, escapes), `token = "${token}"\n`);
    writeFileSync(join(root, `${escapes}.zip`), 'PK\u0003\u0004 is no archive');
    const { out, err } = await scan('--format', format);
    expect(out).toContain('.py');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
    expect(out.replaceAll('\r\n', '\n') + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out + err).not.toMatch(/^(?:\u009b|K)/m);
  });

  test.each(formats)('is not a way for a secret into a report: %s', async (format) => {
    mkdirSync(join(root, token));
    writeFileSync(join(root, token, 'a.py'), `token = "${token}"\n`);
    writeFileSync(join(root, `${token}.zip`), 'PK\u0003\u0004 is no archive');
    writeFileSync(
      join(root, 'b.ipynb'),
      JSON.stringify({ cells: [{ cell_type: 'code', metadata: { [token]: token }, source: token }] }),
    );
    const { out, err } = await scan('--format', format);
    for (let at = 4; at + 10 <= token.length; at += 1) expect(out + err).not.toContain(token.slice(at, at + 10));
  });

  test.each(['=cmd.py', '-1+cmd.py', 'a;=cmd.py', 'a";=cmd.py', 'a| =cmd.py', '\uff1dcmd.py'])(
    'is no formula, in whatever language the spreadsheet is: %s',
    async (name) => {
      const rows: string[] = [];
      const report = csv.open((text) => rows.push(text), { program: '', version: '', colour: false });
      const stream = Readable.from([Buffer.from(`token = "${token}"\n`)]);
      for await (const found of scanLibrary({ target: { kind: 'stream', stream, name } })) report.add(found);
      expect(rows.join('')).toContain('cmd.py');
      expect(rows.join('')).not.toMatch(/(?:^|[,;|"]\s*)[-=+@\uff1d][^,]*cmd/m);
    },
  );

  test('is no link in SARIF, and neither link, HTML nor table in Markdown', async () => {
    writeFileSync(join(root, '[here](https:evil)|<img src=x>`.py'), `token = "${token}"\n`);
    const sarif = JSON.parse((await scan('--format', 'sarif')).out);
    expect(sarif.runs[0].results[0].message.text).not.toContain('](');
    const row = (await scan('--format', 'markdown')).out.split('\n').find((text) => text.includes('evil')) ?? '';
    // All of it stands in one stretch of code, which no other back-quote ends.
    expect(/`[^`]*\[here\]\(https:evil\)\\\|<img src=x>'\.py[^`]*`/.test(row)).toBe(true);
  });
});

describe('--output', () => {
  test('does not write through a link that was put there', async () => {
    const precious = join(root, 'precious');
    writeFileSync(precious, 'as it was');
    symlinkSync(precious, join(root, 'report.sarif'));
    symlinkSync(join(root, 'not-there'), join(root, 'report.json'));
    for (const name of ['report.sarif', 'report.json']) expect((await scan('--output', join(root, name))).code).toBe(2);
    expect(readFileSync(precious, 'utf8')).toBe('as it was');
  });
});

describe('a file of more secrets than anybody reads', () => {
  const sighting = (value: string): Sighting => {
    const at = { line: 1, column: 1, byte: 0 };
    const what = { detector: 'x', confidence: 'high', reasons: [], layers: [], path: 'a', address: 'a:1' } as const;
    return { kind: 'sighting', value: Buffer.from(value), start: at, end: at, ...what };
  };

  async function told(
    count: number,
    value: (at: number) => string,
    fingerprinter: Fingerprinter,
  ): Promise<{ found: number; problems: string[] }> {
    const how = { detectors: new Map(), fingerprinter, maskPath: (path: string) => path };
    const events = async function* () {
      for (let at = 0; at < count; at += 1) yield sighting(value(at));
    };
    let found = 0;
    const problems: string[] = [];
    for await (const result of withoutSecrets(events(), how)) {
      if (result.kind === 'found') found += 1;
      else problems.push(result.reason);
    }
    return { found, problems };
  }

  test('is told up to a limit, and that there are more', async () => {
    const { found, problems } = await told(100_010, () => token, saltedFingerprinter(SHARED_SALT));
    expect({ found, problems }).toEqual({ found: 100_000, problems: ['the rest: more than 100000 findings in one file'] });
  });

  test('cannot make a scan hash slowly for hours', async () => {
    const slow = saltedFingerprinter(SHARED_SALT);
    // As slow as it says it is, but for the hashing itself.
    const { found, problems } = await told(2_000, (at) => `weak${at}`, { ...slow, of: async (value) => `${value.length}` });
    expect(found).toBe(500);
    expect(problems).toEqual([expect.stringContaining('--key-file')]);
  });
});

describe('a fingerprint without a key', () => {
  test.each([
    ['a password', 'correct-horse-battery'],
    ['a password and a year', 'Summer2026!'],
    ['Base64 of a password', Buffer.from('administrator:a1b22c333d4444e5').toString('base64')],
    ['hexadecimal of a password', Buffer.from('a1b22c333d4444e55555').toString('hex')],
  ])('is slow to guess for %s', (_what, value) => {
    expect(unguessable(Buffer.from(value))).toBe(false);
  });
});

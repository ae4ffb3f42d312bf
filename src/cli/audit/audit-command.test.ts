import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testing/memory-terminal.ts';
import { writeSmallLog } from './testing/small-log.ts';

let home: string;
let dir: string;
let key: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'watchword-audit-'));
  dir = join(home, 'audit');
  key = writeSmallLog(dir);
});

afterAll(() => rmSync(home, { recursive: true }));

const audit = (...words: string[]) => run(['audit', ...words, '--dir', dir]);
const onTerminal = (...words: string[]) => run(['audit', ...words, '--dir', dir], { isTerminal: true });

/** A copy whose events file was changed. */
function tampered(change: (text: string) => string): string {
  const copy = mkdtempSync(join(home, 'copy-'));
  for (const file of readdirSync(dir)) copyFileSync(join(dir, file), join(copy, file));
  const events = join(copy, `${'0'.repeat(20)}.events`);
  writeFileSync(events, change(readFileSync(events, 'utf8')));
  return copy;
}

describe('audit verify', () => {
  it('says what is proven and what is not', async () => {
    const { code, out } = await audit('verify');
    expect(code).toBe(0);
    expect(out).toContain('OK: 12 events in order, 1 checkpoint checked.');
    expect(out).toContain('Tail: unproven');
    expect(out).toContain("Key: the log directory's own");
  });

  it('compares with a checkpoint that was kept and a key that is known', async () => {
    const kept = join(home, 'kept');
    writeFileSync(kept, (await audit('checkpoint')).out);
    const { code, out } = await audit('verify', '--checkpoint', kept, '--key', key);
    expect(code).toBe(0);
    expect(out).toContain('Tail: proven');
    expect(out).toContain('Key: the one that you gave.');
    const cut = tampered((text) => text.split('\n').slice(0, 5).join('\n').concat('\n'));
    const verdict = await run(['audit', 'verify', '--dir', cut, '--checkpoint', kept]);
    expect(verdict).toMatchObject({ code: 1 });
    expect(verdict.out).toContain('cut off');
    expect(await run(['audit', 'verify', '--dir', join(home, 'gone'), '--checkpoint', kept, '--key', key])).toMatchObject({
      code: 1,
    });
  });

  it('names the first bad event, says what to do, and ends with 1', async () => {
    const bad = tampered((text) => text.replace('team/4', 'team/5'));
    const { code, out } = await run(['audit', 'verify', '--dir', bad]);
    expect(code).toBe(1);
    expect(out).toContain('FAILED: event 4 was changed');
    expect(out).toContain('What to do:');
    const json = await run(['audit', 'verify', '--dir', bad, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, failure: { from: 4, to: 5 }, tail: 'unproven' });
  });

  it('comes to an end where files of the log are no files', async () => {
    for (const name of ['public-keys', `${'0'.repeat(20)}.checkpoints`]) {
      const hostile = tampered((text) => text);
      rmSync(join(hostile, name));
      symlinkSync('/dev/zero', join(hostile, name));
      expect((await run(['audit', 'verify', '--dir', hostile])).out).toMatch(/^(FAILED: the signature|OK: 12 events)/);
    }
  });

  it('ends with 2 when it cannot be done as it was asked', async () => {
    expect((await run(['audit', 'verify', '--dir', home])).code).toBe(2);
    const notOne = join(home, 'not-a-checkpoint');
    writeFileSync(notOne, 'x\n');
    expect((await audit('verify', '--checkpoint', notOne)).code).toBe(2);
    expect((await audit('verify', '--key', notOne)).code).toBe(2);
    expect((await audit('verify', '--unknown')).code).toBe(2);
    expect(await audit('verify', '--checkpoint', join(home, 'nowhere'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('nowhere: there is no such file'),
    });
    expect(await audit('verify', '--key', key.slice(0, -5))).toMatchObject({
      code: 2,
      err: expect.stringContaining('--key takes a public key'),
    });
    expect((await audit('verify', '--key', home)).code).toBe(2);
    expect((await run(['audit', 'verify-proof', join(home, 'nowhere')])).code).toBe(2);
  });
});

it('the log is the one of the server that the environment configures, unless named', async () => {
  const env = { WATCHWORD_DATA_DIR: home };
  expect((await run(['audit', 'verify'], { env })).out).toContain('OK: 12 events');
  expect((await run(['audit', 'verify', '--dir', join(home, 'x')], { env })).code).toBe(2);
});

describe('audit tail and search', () => {
  it('print whole events for programs and a table for people', async () => {
    const { out } = await audit('tail', '-n', '3');
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).metadata.sequence)).toEqual([9, 10, 11]);
    const table = (await onTerminal('tail', '-n', '2')).out;
    expect(table).toMatch(/^Event {2}Time/);
    expect(table.trimEnd().split('\n')).toHaveLength(4);
    expect(table).toContain('secret/data/team/11');
  });

  it('find by every condition', async () => {
    const found = async (...words: string[]) => {
      const lines = (await audit('search', ...words)).out.split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line).metadata.sequence as number);
    };
    expect(await found('--path', 'secret/data/team/1')).toEqual([1]);
    expect(await found('--path', 'secret/data/team/1*')).toEqual([1, 10, 11]);
    expect(await found('--outcome', 'denied')).toEqual([3, 7, 11]);
    expect(await found('--actor', 'trainer', '--outcome', 'denied', '--path', '*/7')).toEqual([]);
    expect(await found('--actor', 'trainer', '--request', 'r5')).toEqual([5]);
    expect(await found('--operation', 'kv.*', '--since', '2026-01-02T00:00:10Z')).toEqual([10, 11]);
    expect(await found('--until', '2026-01-02T00:00:01Z')).toEqual([0, 1]);
    expect(await found('--operation', 'none')).toEqual([]);
    expect((await audit('search', '--since', 'soon')).code).toBe(2);
  });

  it('cannot be made to steer the terminal by what was logged, nor by what somebody put into the files', async () => {
    const hostile = tampered((text) => text.replace('team/11', 'team/\\u001b[2J\u009b2J').concat('\u001b[2J\n'));
    for (const words of [[], ['--json']]) {
      const { code, out } = await run(['audit', 'tail', '--dir', hostile, ...words], { isTerminal: true });
      expect([code, out.includes('\u001b[2J'), out.includes('\u009b')]).toEqual([0, false, false]);
    }
  });

  it('tell a read that found nothing from one that gave something', async () => {
    const empty = tampered((text) =>
      text.replace('"unmapped":{"outcome":"success"', '"unmapped":{"facts":{"withheld":true},"outcome":"success"'),
    );
    const search = (...words: string[]) => run(['audit', 'search', '--dir', empty, ...words], { isTerminal: true });
    expect((await search('--path', 'secret/data/team/0')).out).toMatch(/ nothing +kv\.read /);
    expect((await search('--outcome', 'nothing')).out.match(/kv\.read/g)).toHaveLength(1);
    expect((await search('--outcome', 'success')).out.match(/kv\.read/g)).toHaveLength(8);
  });

  it('show an event whose time is no date', async () => {
    const odd = tampered((text) => text.replaceAll(/"time":\d+/g, '"time":1e300'));
    expect(await run(['audit', 'tail', '--dir', odd], { isTerminal: true })).toMatchObject({ code: 0, err: '' });
  });
});

describe('audit prove, export', () => {
  it('make a proof that verifies alone', async () => {
    const file = join(home, 'proof.json');
    expect(await audit('prove', '7', '--out', file)).toMatchObject({ code: 0, out: '' });
    expect(await run(['audit', 'verify-proof', file, '--key', key])).toMatchObject({ code: 0 });
    const other = join(home, 'other.json');
    writeFileSync(other, readFileSync(file, 'utf8').replace('team/7', 'team/8'));
    expect(await run(['audit', 'verify-proof', other])).toMatchObject({ code: 1 });
    expect(await audit('prove', '99')).toMatchObject({ code: 2 });
    expect((await audit('prove', '7', '--out', file)).err).toContain('EEXIST');
  });

  it('gives the lines byte for byte', async () => {
    const text = readFileSync(join(dir, `${'0'.repeat(20)}.events`), 'utf8');
    expect((await audit('export')).out).toBe(text);
    expect((await audit('export', '--from', '2', '--to', '3')).out).toBe(text.split('\n').slice(2, 4).join('\n').concat('\n'));
    const file = join(home, 'export.jsonl');
    await audit('export', '--out', file);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../foundation/canonical-json.ts';
import { parseCheckpoint, type SignedCheckpoint, signCheckpoint } from '../transparency/checkpoint.ts';
import { encodeEntries, encodeIndexHeader, type IndexEntry } from '../transparency/log-format.ts';
import { LogReader } from '../transparency/log-reader.ts';
import { CompactRange, leafHash } from '../transparency/merkle.ts';
import { createSigner } from '../transparency/note.ts';
import { proveEvent, verifyProof } from '../transparency/prove-event.ts';
import { type VerifyOptions, verifyLog } from '../transparency/verify-log.ts';
import { LOG_DIRECTORY, openTestLog, testKeys, testRecord } from './testing/log-fixture.ts';
import { SimulatedFiles } from './testing/simulated-files.ts';

const EVENTS = 40;
const keys = testKeys();
const signer = createSigner(keys.origin, keys.signingKey);

let disk: SimulatedFiles;
let reader: LogReader;
let kept: SignedCheckpoint;

const name = (start: number, part: string) => `${LOG_DIRECTORY}/${start.toString().padStart(20, '0')}.${part}`;
const verify = (options: VerifyOptions = {}) => verifyLog(reader, options);
const reopen = () => openTestLog(disk);

/** Checkpoints at 10, 20, 30 and 40 events; one segment unless a size is given. */
async function writeLog(segmentBytes = 1 << 20): Promise<void> {
  disk = new SimulatedFiles();
  reader = new LogReader(disk, LOG_DIRECTORY);
  const log = await openTestLog(disk, { segmentBytes });
  await log.unlock(keys);
  for (let i = 0; i < EVENTS; i++) {
    await log.append(testRecord({ requestId: `r${i}`, path: `secret/data/${i}` }));
    if (i % 10 !== 9) continue;
    await log.lock();
    await log.unlock(keys);
  }
  await log.close();
  kept = (await reader.lastCheckpoint()) as SignedCheckpoint;
}

/** Changes the lines of the (only) events file. */
function tamperLines(change: (lines: string[]) => string[]): void {
  disk.tamper(name(0, 'events'), (content) => {
    const lines = content.toString('utf8').split('\n').slice(0, -1);
    return Buffer.from(
      change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  });
}

/** What a careful attacker does: the derived file fits the changed events. */
async function rewriteIndex(): Promise<void> {
  const [segment] = await reader.segments();
  if (segment === undefined) throw new Error('no segment');
  const entries: IndexEntry[] = [];
  for await (const { bytes, end } of reader.lines(segment)) entries.push({ leaf: leafHash(bytes), end });
  disk.tamper(name(0, 'index'), () => Buffer.concat([encodeIndexHeader(CompactRange.empty()), encodeEntries(entries)]));
}

function renumber(line: string, sequence: number): string {
  const event = JSON.parse(line) as { metadata: object };
  return canonicalJson({ ...event, metadata: { ...event.metadata, sequence } });
}

const flip = (line = '') => line.replace('kv.read', 'kv.list');

beforeEach(() => writeLog());

describe('a log as it was written', () => {
  it('verifies; the tail is unproven without a checkpoint kept elsewhere, and proven with it', async () => {
    const report = await verify();
    expect(report).toMatchObject({
      failure: undefined,
      events: EVENTS,
      checkpoints: 4,
      proven: 0,
      keysFrom: 'directory',
      warnings: [],
    });
    expect(report.lastCheckpoint?.size).toBe(EVENTS);
    expect(await verify({ checkpoint: kept, keys: [signer.verifier] })).toMatchObject({
      failure: undefined,
      proven: EVENTS,
      keysFrom: 'given',
    });
  });

  it('verifies over many segments, and after more was appended', async () => {
    await writeLog(2_000);
    expect((await reader.segments()).length).toBeGreaterThan(5);
    expect(await verify({ checkpoint: kept })).toMatchObject({
      failure: undefined,
      events: EVENTS,
      proven: EVENTS,
      warnings: [],
    });
    const log = await openTestLog(disk, { segmentBytes: 2_000 });
    await log.unlock(keys);
    for (let i = 0; i < 5; i++) await log.append(testRecord());
    await log.close();
    expect(await verify({ checkpoint: kept })).toMatchObject({ failure: undefined, events: EVENTS + 5, proven: EVENTS });
  });
});

it('a log verifies while it is being written', async () => {
  const log = await openTestLog(disk, { segmentBytes: 4_000, checkpointEvents: 3 });
  await log.unlock(keys);
  let writing = true;
  const writer = (async () => {
    while (writing) await log.append(testRecord());
  })();
  for (let round = 0; round < 10; round++) expect((await verify({ checkpoint: kept })).failure).toBeUndefined();
  writing = false;
  await writer;
  await log.close();
});

describe('a changed log', () => {
  const anyEvent = fc.integer({ min: 0, max: EVENTS - 1 });

  it('names a flipped event', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, async (at) => {
        await writeLog();
        tamperLines((lines) => lines.with(at, flip(lines[at])));
        expect((await verify()).failure).toMatchObject({ from: at, to: at + 1 });
      }),
      { numRuns: 20 },
    );
  });

  it('names the event where any one byte was changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (pick, difference) => {
        await writeLog();
        let position = 0;
        disk.tamper(name(0, 'events'), (content) => {
          position = pick % content.length;
          content[position] = (content[position] ?? 0) ^ difference;
          return content;
        });
        const event = (await eventEnds()).findIndex((end) => position < end);
        const { failure } = await verify();
        expect(failure?.from).toBe(event);
      }),
      { numRuns: 40 },
    );
  });

  it('names a deleted, an inserted and the first of two reordered events', async () => {
    tamperLines((lines) => lines.toSpliced(17, 1));
    expect((await verify()).failure).toMatchObject({ from: 17, to: 18 });
    await writeLog();
    tamperLines((lines) => lines.toSpliced(17, 0, renumber(lines[3] ?? '', 17)));
    expect((await verify()).failure).toMatchObject({ from: 17, to: 18 });
    await writeLog();
    tamperLines((lines) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''));
    expect((await verify()).failure).toMatchObject({ from: 5, to: 6 });
  });

  it('whose derived files were rewritten too fails at the first checkpoint, naming the range', async () => {
    tamperLines((lines) => lines.with(17, flip(lines[17])));
    await rewriteIndex();
    expect((await verify()).failure).toMatchObject({ from: 10, to: 20 });
  });

  it('renumbered after a deletion, index rewritten, fails at the first checkpoint', async () => {
    tamperLines((lines) => lines.toSpliced(17, 1).map((line, i) => renumber(line, i)));
    await rewriteIndex();
    expect((await verify()).failure).toMatchObject({ from: 10, to: 20 });
  });

  it('with its later checkpoints cut away and rewritten events shows only against the one kept elsewhere', async () => {
    tamperLines((lines) => lines.with(35, flip(lines[35])));
    await rewriteIndex();
    const { notes } = await reader.notes(0);
    disk.tamper(name(0, 'checkpoints'), () =>
      Buffer.from(
        notes
          .slice(0, 3)
          .map((note) => `${note}\n`)
          .join(''),
      ),
    );
    expect((await verify()).failure).toBeUndefined();
    expect((await verify({ checkpoint: kept })).failure).toMatchObject({ from: 30, to: 40 });
  });

  it('cut off or rolled back shows against the checkpoint kept elsewhere', async () => {
    tamperLines((lines) => lines.slice(0, 30));
    expect((await verify()).failure).toMatchObject({ from: 30, to: 40 });
    const { notes } = await reader.notes(0);
    disk.tamper(name(0, 'checkpoints'), () =>
      Buffer.from(
        notes
          .slice(0, 3)
          .map((note) => `${note}\n`)
          .join(''),
      ),
    );
    expect(await verify()).toMatchObject({ failure: undefined, events: 30, proven: 0 });
    expect((await verify({ checkpoint: kept })).failure).toMatchObject({ from: 30, to: 40 });
  });

  it('re-signed under a new key shows against the known key, or the checkpoint kept elsewhere', async () => {
    const forger = createSigner(keys.origin, testKeys().signingKey);
    tamperLines((lines) => lines.with(17, flip(lines[17])));
    await rewriteIndex();
    const tree = CompactRange.empty();
    for await (const { bytes } of reader.linesFrom(0)) tree.append(leafHash(bytes));
    const note = signCheckpoint({ size: tree.size, root: tree.root() }, Date.now(), forger);
    disk.tamper(name(0, 'checkpoints'), () => Buffer.from(`${note}\n`));
    disk.tamper(`${LOG_DIRECTORY}/public-keys`, () => Buffer.from(`${forger.verifier.text}\n`));
    expect((await verify()).failure).toBeUndefined();
    expect((await verify({ keys: [signer.verifier] })).failure).toBeDefined();
    expect((await verify({ checkpoint: kept })).failure).toBeDefined();
  });

  it('with a false checkpoint signature, a malformed or an older checkpoint after a newer one fails', async () => {
    const { notes } = await reader.notes(0);
    const store = (texts: readonly string[]) =>
      disk.tamper(name(0, 'checkpoints'), () => Buffer.from(texts.map((text) => `${text}\n`).join('')));
    store(notes.with(1, notes[1]?.replace('\n20\n', '\n21\n') ?? ''));
    expect((await verify()).failure?.message).toContain('signature');
    store(notes.with(1, notes[1]?.replace('\n20\n', '\n020\n') ?? ''));
    expect((await verify()).failure?.message).toContain('malformed');
    store(notes.toReversed());
    expect((await verify()).failure?.message).toContain('after a later one');
  });

  it('with a missing segment says which events are missing', async () => {
    await writeLog(2_000);
    const [, second, third] = await reader.segments();
    await disk.remove(name(second?.start ?? 0, 'events'));
    expect((await verify()).failure).toMatchObject({ from: second?.start, to: third?.start });
  });

  it('without its last events, but with the checkpoints that speak of them, is found out', async () => {
    await writeLog(2_000);
    const start = (await reader.segments()).at(-1)?.start ?? 0;
    await disk.remove(name(start, 'events'));
    expect((await verify()).failure).toMatchObject({ from: start, to: EVENTS });
    await expect(reopen()).rejects.toMatchObject({ code: 'audit.tampered' });
  });

  it('in the index alone is no failure, but is said', async () => {
    disk.tamper(name(0, 'index'), (content) => content.fill(7, 60, 70));
    const report = await verify();
    expect(report.failure).toBeUndefined();
    expect(report.warnings.join()).toContain('derived');
    const log = await reopen();
    await log.close();
  });

  it('is refused at start, and left as it is', async () => {
    tamperLines((lines) => lines.slice(0, 30));
    const before = await disk.read(name(0, 'events'));
    const index = await disk.read(name(0, 'index'));
    await expect(reopen()).rejects.toMatchObject({ code: 'audit.tampered' });
    expect(await disk.read(name(0, 'events'))).toEqual(before);
    expect(await disk.read(name(0, 'index'))).toEqual(index);
  });

  it('signed by another store is refused when the keys come', async () => {
    const log = await reopen();
    await expect(log.unlock(testKeys(keys.origin))).rejects.toMatchObject({ code: 'audit.tampered' });
    expect(() => log.digester).toThrow(expect.objectContaining({ code: 'seal.sealed' }));
    await log.close();
  });
});

describe('a lost index', () => {
  it('is made again from the events', async () => {
    await writeLog(2_000);
    for (const { start } of await reader.segments()) await disk.remove(name(start, 'index'));
    const log = await openTestLog(disk);
    expect(log.size).toBe(EVENTS);
    await log.close();
    expect(await verify({ checkpoint: kept })).toMatchObject({ failure: undefined, warnings: [], events: EVENTS });
    expect((await reader.entries(0, 0, 2)).length).toBe(2);
  });
});

describe('an unfinished tail', () => {
  it('is said by the verifier and cut off at the next start', async () => {
    disk.tamper(name(0, 'events'), (content) => Buffer.concat([content, Buffer.from('{"activity_id":')]));
    const report = await verify({ checkpoint: kept });
    expect(report).toMatchObject({ failure: undefined, events: EVENTS });
    expect(report.warnings.join()).toContain('unfinished line');
    const log = await reopen();
    expect(await log.append(testRecord())).toBe(EVENTS);
    await log.close();
    expect(await verify()).toMatchObject({ failure: undefined, events: EVENTS + 1, warnings: [] });
  });
});

describe('a proof of one event', () => {
  it('verifies alone, for every event, from any number of segments, with or without index', async () => {
    await writeLog(2_000);
    for (let index = 0; index < EVENTS; index += 3) {
      const proof = JSON.parse(JSON.stringify(await proveEvent(reader, index))) as object;
      expect(verifyProof(proof, [signer.verifier])).toMatchObject({ failure: undefined, index, keysFrom: 'given' });
    }
    await disk.remove(name(0, 'index'));
    expect(verifyProof(await proveEvent(reader, 1))).toMatchObject({ failure: undefined, keysFrom: 'proof' });
  });

  it('fails when anything in it is changed, or under another key', async () => {
    const proof = await proveEvent(reader, 17);
    const other = await proveEvent(reader, 18);
    const changed = [
      { ...proof, index: 18 },
      { ...proof, event: flip(proof.event) },
      { ...proof, event: other.event },
      { ...proof, proof: other.proof },
      { ...proof, proof: proof.proof.slice(1) },
      { ...proof, checkpoint: proof.checkpoint.replace('\n40\n', '\n41\n') },
      { ...proof, format: 'other' },
      { ...proof, publicKey: createSigner(keys.origin, testKeys().signingKey).verifier.text },
    ];
    for (const one of changed) expect(verifyProof(one).failure).toBeDefined();
    const stranger = createSigner(keys.origin, testKeys().signingKey).verifier;
    expect(verifyProof(proof, [stranger]).failure).toContain('signed');
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(verifyProof(value).failure).toBeDefined();
      }),
    );
  });

  it('is refused for an event that is not there or not covered', async () => {
    const log = await reopen();
    await log.append(testRecord());
    await expect(proveEvent(reader, EVENTS)).rejects.toMatchObject({ code: 'client.usage' });
    await log.close();
    tamperLines((lines) => lines.with(17, flip(lines[17])));
    await expect(proveEvent(reader, 17)).rejects.toMatchObject({ code: 'audit.tampered' });
  });
});

it('a checkpoint can be kept as the text that it is', () => {
  expect(parseCheckpoint(kept.text)).toEqual(kept);
});

/** Where events end, from the index, which was not touched. */
async function eventEnds(): Promise<number[]> {
  return (await reader.entries(0, 0, EVENTS)).map(({ end }) => end);
}

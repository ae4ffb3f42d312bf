import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotScannable } from '../content.ts';
import { Maker } from '../detectors/maker.ts';
import { bunzip2 } from './bzip2-decoder.ts';
import { type Decode, gunzip } from './native-decoder.ts';
import { unlzma, unxz } from './xz-decoder.ts';
import { unzstd } from './zstd-decoder.ts';

interface Tool {
  readonly command: string;
  readonly options: readonly string[];
  readonly decode: Decode;
  /** Whether the format allows streams one after another. */
  readonly joins: boolean;
}

const tools: readonly Tool[] = [
  { command: 'gzip', options: ['-c'], decode: gunzip, joins: true },
  { command: 'zstd', options: ['-qc'], decode: unzstd, joins: true },
  { command: 'bzip2', options: ['-c'], decode: bunzip2, joins: true },
  { command: 'bzip2', options: ['-1c'], decode: bunzip2, joins: true },
  { command: 'xz', options: ['-c'], decode: unxz, joins: true },
  { command: 'xz', options: ['-0c', '--block-size=70000', '--check=sha256'], decode: unxz, joins: true },
  { command: 'xz', options: ['-c', '--lzma2=preset=6,lc=0,lp=4,pb=0'], decode: unxz, joins: true },
  { command: 'xz', options: ['-c', '--format=lzma'], decode: unlzma, joins: false },
];

const isThere = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore', input: '' });
    return true;
  } catch {
    return false;
  }
};

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function decoded(decode: Decode, bytes: Uint8Array, length = 5000): Promise<{ bytes: Buffer; fault: unknown }> {
  const out: Uint8Array[] = [];
  try {
    for await (const chunk of decode(pieces(bytes, length))) out.push(chunk);
    return { bytes: Buffer.concat(out), fault: undefined };
  } catch (fault) {
    return { bytes: Buffer.concat(out), fault };
  }
}

/** Text that repeats itself, runs of one letter, and what does not compress. */
const make = new Maker('decoders');
const words = Array.from({ length: 200 }, () => make.chars('lower', make.between(1, 9)));
const sample = Buffer.concat([
  Buffer.from(Array.from({ length: 30_000 }, () => make.pick(words)).join(' ')),
  Buffer.alloc(300_000, 'x'),
  make.bytes(20_000),
  Buffer.from('xxxxyyyyyzzzzzz'),
]);

describe.for(tools)('what $command $options makes', ({ command, options, decode, joins }) => {
  const pack = (bytes: Uint8Array): Buffer => execFileSync(command, options, { input: bytes, maxBuffer: 1e9 });

  test.skipIf(!isThere(command))('is read, whole and in small pieces', async () => {
    const packed = pack(sample);
    for (const length of [101, 70_000]) {
      const { bytes, fault } = await decoded(decode, packed, length);
      expect(fault).toBeUndefined();
      expect(bytes.equals(sample)).toBe(true);
    }
  });

  if (joins) {
    test.skipIf(!isThere(command))('is read when there are several one after another', async () => {
      const { bytes } = await decoded(decode, Buffer.concat([pack(sample), pack(Buffer.from('and more'))]));
      expect(bytes.equals(Buffer.concat([sample, Buffer.from('and more')]))).toBe(true);
    });
  }

  test.skipIf(!isThere(command))('gives its beginning when it was cut', async () => {
    const packed = pack(sample);
    const { bytes, fault } = await decoded(decode, packed.subarray(0, Math.floor(packed.length * 0.8)));
    expect(fault).toBeInstanceOf(NotScannable);
    expect(bytes.equals(sample.subarray(0, bytes.length))).toBe(true);
  });

  test.skipIf(!isThere(command))('may be damaged anywhere: the decoder ends, and speaks of it', async () => {
    const packed = pack(sample.subarray(150_000, 160_000));
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(packed);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const { fault } = await decoded(decode, damaged);
        expect(fault === undefined || fault instanceof NotScannable).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('bytes of no format are damage', async () => {
  const bytes = make.bytes(100);
  for (const decode of [gunzip, unzstd, bunzip2, unxz, unlzma])
    expect((await decoded(decode, bytes)).fault).toBeInstanceOf(NotScannable);
});

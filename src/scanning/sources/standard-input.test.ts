import { describe, expect, test } from 'vitest';
import { zipOf } from '../formats/testing/zip-writer.ts';
import { standardInput } from './standard-input.ts';
import { runSource, tokenFor } from './testing/scan-source.ts';

const token = tokenFor('standard input');
const MIB = 1024 * 1024;

async function* pieces(...all: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Buffer.from(piece);
}

describe('standard input', () => {
  test('is scanned under the name it was given', async () => {
    const half = token.slice(0, 20);
    const { addresses } = await runSource(standardInput(pieces(`a\nTOKEN=${half}`, `${token.slice(20)}\n`), 'conf/.env'));
    expect(addresses).toEqual(['conf/.env:2']);
  });

  test('is unfolded when it is an archive', async () => {
    const { addresses } = await runSource(standardInput(pieces(zipOf([{ name: 'a', bytes: token }]))));
    expect(addresses).toEqual(['stdin!a:1']);
  });

  test('that is empty is nothing', async () => {
    const { addresses, notScanned, progress } = await runSource(standardInput(pieces()));
    expect({ addresses, notScanned, files: progress.files }).toEqual({ addresses: [], notScanned: [], files: 1 });
  });

  test('that is longer than what can be held passes through', async () => {
    const line = Buffer.alloc(MIB, `${'x'.repeat(63)}\n`);
    const { sightings } = await runSource(standardInput(pieces(...Array.from({ length: 70 }, () => line), `TOKEN=${token}\n`)));
    expect(sightings).toMatchObject([{ start: { line: (70 * MIB) / 64 + 1, column: 7, byte: 70 * MIB + 6 } }]);
  });

  test('that is a long archive which has to be read more than once is refused', async () => {
    const long = zipOf([{ name: 'a', bytes: Buffer.alloc(65 * MIB, 'x'), method: 0 }]);
    const { notScanned } = await runSource(standardInput(pieces(long)));
    expect(notScanned).toMatchObject([{ path: 'stdin', reason: expect.stringContaining('can be read only once') }]);
  });
});

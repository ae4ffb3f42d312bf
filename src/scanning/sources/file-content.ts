import { fstatSync, readSync } from 'node:fs';
import { bytesContent, type Content, sliceContent } from '../content.ts';

/** An open file, which stays open as long as this is used. It is as long as it is now. */
export function openFileContent(file: number): Content {
  const { size } = fstatSync(file);
  const at = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(file, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  return sliceContent({ ...bytesContent(new Uint8Array(0)), at }, 0, size);
}

/**
 * Joins parts so that no two different lists give the same bytes: each part is preceded by its length
 * (4 bytes, big-endian). Strings are UTF-8. Used for associated data and keyed hashes.
 */
export function frame(...parts: readonly (string | Uint8Array)[]): Buffer {
  let size = 0;
  const sizes: number[] = [];
  for (const part of parts) {
    const length = typeof part === 'string' ? Buffer.byteLength(part) : part.length;
    sizes.push(length);
    size += 4 + length;
  }
  const out = Buffer.allocUnsafe(size);
  let offset = 0;
  parts.forEach((part, index) => {
    const length = sizes[index] ?? 0;
    offset = out.writeUInt32BE(length, offset);
    if (typeof part === 'string') out.write(part, offset, 'utf8');
    else out.set(part, offset);
    offset += length;
  });
  return out;
}

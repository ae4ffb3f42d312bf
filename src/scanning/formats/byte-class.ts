/** Which of the 256 bytes belong to a class. */
export type ByteClass = Uint8Array;

export function byteClass(ranges: readonly (readonly [first: number, last: number])[]): ByteClass {
  const members = new Uint8Array(256);
  for (const [first, last] of ranges) members.fill(1, first, last + 1);
  return members;
}

/** The last byte of `[from, to)` outside the class; -1 when all are inside. Asked backwards, most bytes need no look. */
export function lastOutside(bytes: Uint8Array, members: ByteClass, from: number, to: number): number {
  for (let at = Math.min(to, bytes.length) - 1; at >= from; at -= 1) if (members[bytes[at] as number] === 0) return at;
  return -1;
}

/** Where the run of members that begins at `from` ends. */
export function endOfRun(bytes: Uint8Array, members: ByteClass, from: number): number {
  let at = from;
  while (at < bytes.length && members[bytes[at] as number] === 1) at += 1;
  return at;
}

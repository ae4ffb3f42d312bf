const LINE_FEED = 10;

/** What a person wrote into a commit or a tag: all that follows the first empty line. A view. */
export function messageOf(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1))
    if (bytes[at + 1] === LINE_FEED) return bytes.subarray(at + 2);
  return new Uint8Array(0);
}

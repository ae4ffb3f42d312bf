const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A file name of unknown encoding: UTF-8, or else each byte is a character. */
export function nameOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
}

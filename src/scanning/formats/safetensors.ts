import type { Content } from '../content.ts';
import type { Format } from '../format.ts';
import { JsonCursor, NotJson } from './json-cursor.ts';
import { writeLeaves } from './json-leaves.ts';
import { MappedText } from './mapped-text.ts';

/** As the format's own description has it: longer headers are refused by every reader. */
const MOST = 100_000_000;

/** The JSON header of safetensors files: `__metadata__` and names. The tensors are not read. */
export const safetensors: Format = {
  kind: 'safetensors',
  title: 'safetensors',
  recognises(path, head) {
    if (head.length < 9 || head[8] !== 0x7b) return false;
    const length = lengthOf(head);
    if (length < 2 || length > MOST) return false;
    return /\.safetensors$/i.test(path) || /^\{\s*"[^"]{1,200}":\s*\{/.test(Buffer.from(head.subarray(8)).toString('latin1'));
  },
  async *unfold(content: Content) {
    const start = await content.head(8);
    const header = (await content.head(8 + lengthOf(start))).subarray(8);
    if (header.length < lengthOf(start))
      yield { kind: 'problem', address: 'header', reason: 'the file breaks off in its header' };
    const text = new MappedText();
    try {
      writeLeaves(new JsonCursor(header), 'safetensors', [], text);
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      text.begin('safetensors.unparsed');
      text.copy(header, error.at, header.length);
    }
    if (text.length > 0) yield text.piece(false);
  },
};

function lengthOf(head: Uint8Array): number {
  return head.length < 8 ? 0 : Number(Buffer.from(head.buffer, head.byteOffset, 8).readBigUInt64LE(0));
}

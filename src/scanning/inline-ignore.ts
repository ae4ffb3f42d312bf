/** In a comment on the line of a secret, or alone on the line above: this is none, and why. */
const MARK = 'watchword:ignore';
/** Farther away in a long line it does not count: one remark must not silence a whole minified file. */
const NEAR = 1024;
const LINE_FEED = 10;

/**
 * The reason that stands with a `watchword:ignore` for the bytes from `start` to `end`; empty when there is a mark without a reason, which
 * silences nothing; undefined without a mark.
 */
export function inlineIgnore(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const from = Math.max(0, start - NEAR);
  // Looked for nearby only: in a line of a million secrets, each of them would cost the whole line.
  const lineFeed = text.subarray(from, start).lastIndexOf(LINE_FEED);
  const lineStart = lineFeed >= 0 ? from + lineFeed + 1 : from === 0 ? 0 : undefined;
  const rest = text.subarray(end, end + NEAR);
  const restEnd = rest.indexOf(LINE_FEED);
  const before = text.toString('utf8', lineStart ?? from, start);
  const after = rest.toString('utf8', 0, restEnd < 0 ? rest.length : restEnd);
  return reasonIn(after) ?? reasonIn(before) ?? (lineStart === undefined ? undefined : reasonAbove(text, lineStart));
}

function reasonIn(text: string): string | undefined {
  const at = text.indexOf(MARK);
  if (at < 0) return undefined;
  const rest = text.slice(at + MARK.length).split('\n', 1)[0] ?? '';
  const reason = rest
    .replace(/(?:\*\/|-->|#\}|%>|["'`,;)\]}]|\\n)+\s*$/, '')
    .replace(/^[\s:=-]+/, '')
    .trim();
  return /\p{L}{2,}/u.test(reason) ? reason.slice(0, 200) : '';
}

/** The line above counts when it is a remark and nothing else: it must not speak for its own line as well. */
function reasonAbove(text: Buffer, lineStart: number): string | undefined {
  if (lineStart < 2) return undefined;
  const from = Math.max(0, lineStart - NEAR);
  const lineFeed = text.subarray(from, lineStart - 1).lastIndexOf(LINE_FEED);
  if (lineFeed < 0 && from > 0) return undefined;
  const previous = from + lineFeed + 1;
  const line = text.toString('utf8', previous, lineStart - 1);
  return /^\s*(?:#|\/\/|\/\*|--|;|<!--|\{#|<%#|\*|%|"(?:_comment|\/\/)"\s*:)?\s*"?watchword:ignore\b/.test(line)
    ? reasonIn(line)
    : undefined;
}

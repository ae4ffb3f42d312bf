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
  const lineStart = text.lastIndexOf(LINE_FEED, start - 1 < 0 ? 0 : start - 1) + 1;
  const own = start === 0 ? 0 : lineStart;
  const lineFeed = text.indexOf(LINE_FEED, end);
  const lineEnd = lineFeed < 0 ? text.length : lineFeed;
  const before = text.toString('utf8', Math.max(own, start - NEAR), start);
  const after = text.toString('utf8', end, Math.min(lineEnd, end + NEAR));
  return reasonIn(after) ?? reasonIn(before) ?? reasonAbove(text, own);
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
  const previous = text.lastIndexOf(LINE_FEED, lineStart - 2) + 1;
  if (lineStart - previous > NEAR) return undefined;
  const line = text.toString('utf8', previous, lineStart - 1);
  return /^\s*(?:#|\/\/|\/\*|--|;|<!--|\{#|<%#|\*|%|"(?:_comment|\/\/)"\s*:)?\s*"?watchword:ignore\b/.test(line)
    ? reasonIn(line)
    : undefined;
}

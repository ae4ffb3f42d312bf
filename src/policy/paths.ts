/** A rule's path, taken apart for matching. */
export interface PathPattern {
  readonly path: string;
  /** Ends in `*`: matches by prefix. */
  readonly prefix: boolean;
  /** Segments when there is a `+` among them; the last one without its `*`. */
  readonly segments: readonly string[] | undefined;
  /** Index of the first `+` or of the closing `*`; the length when there is neither. */
  readonly firstWildcard: number;
  readonly wildcards: number;
}

export function pathPattern(path: string): PathPattern {
  const prefix = path.endsWith('*');
  const body = prefix ? path.slice(0, -1) : path;
  const segments = body.split('/');
  const wildcards = segments.filter((segment) => segment === '+').length;
  const firstPlus =
    wildcards === 0 ? body.length : segments.slice(0, segments.indexOf('+')).join('/').length + (segments[0] === '+' ? 0 : 1);
  return { path, prefix, segments: wildcards === 0 ? undefined : segments, firstWildcard: firstPlus, wildcards };
}

/** Whether a pattern with `+` matches; `*` and `+` in the asked path are ordinary characters. */
export function matchesSegments(pattern: readonly string[], prefix: boolean, asked: readonly string[]): boolean {
  if (prefix ? asked.length < pattern.length : asked.length !== pattern.length) return false;
  return pattern.every((segment, index) => {
    const actual = asked[index] ?? '';
    if (segment === '+') return true;
    return prefix && index === pattern.length - 1 ? actual.startsWith(segment) : actual === segment;
  });
}

/**
 * Which of two matching patterns counts (Vault's documented rule): positive when `a` does. The one whose first wildcard
 * comes later; then the one that does not end in `*`; then fewer `+`; then the longer; then the lexicographically greater.
 */
export function comparePriority(a: PathPattern, b: PathPattern): number {
  return (
    a.firstWildcard - b.firstWildcard ||
    Number(b.prefix) - Number(a.prefix) ||
    b.wildcards - a.wildcards ||
    a.path.length - b.path.length ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  );
}

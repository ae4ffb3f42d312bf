import type { Confidence, DetectorKind } from '../detector.ts';
import type { Hit } from '../hit.ts';

const kindRank: Record<DetectorKind, number> = { structured: 0, contextual: 1, generic: 2 };
const confidenceRank: Record<Confidence, number> = { high: 0, medium: 1, low: 2 };

/** The more telling first: what the shape proves before what surroundings suggest, then the surer, then the longer. */
function compare(a: Hit, b: Hit): number {
  return (
    kindRank[a.detector.kind] - kindRank[b.detector.kind] ||
    confidenceRank[a.confidence] - confidenceRank[b.confidence] ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    (a.detector.id < b.detector.id ? -1 : 1)
  );
}

/** One hit for each place: of those that share a byte the most telling stays. In the order of the bytes. */
export function withoutOverlaps(hits: readonly Hit[]): Hit[] {
  if (hits.length < 2) return [...hits];
  return clusters(hits).flatMap(({ members }) => mostTelling(members));
}

/**
 * Of a text that is still being read: what cannot be changed by hits that begin at `limit` or later, without overlaps, and what
 * can, as it came.
 */
export function settled(hits: readonly Hit[], limit: number): { done: Hit[]; open: Hit[] } {
  const all = clusters(hits);
  return {
    done: all.filter(({ end }) => end <= limit).flatMap(({ members }) => mostTelling(members)),
    open: all.filter(({ end }) => end > limit).flatMap(({ members }) => members),
  };
}

interface Cluster {
  members: Hit[];
  end: number;
}

/** Hits that are linked by shared bytes, directly or through others. */
function clusters(hits: readonly Hit[]): Cluster[] {
  const all: Cluster[] = [];
  let current: Cluster = { members: [], end: Number.NEGATIVE_INFINITY };
  for (const hit of [...hits].sort((a, b) => a.start - b.start)) {
    if (hit.start >= current.end) {
      current = { members: [], end: hit.end };
      all.push(current);
    }
    current.members.push(hit);
    current.end = Math.max(current.end, hit.end);
  }
  return all;
}

function mostTelling(hits: readonly Hit[]): Hit[] {
  if (hits.length < 2) return [...hits];
  // Disjoint and in the order of the bytes at all times, so that the only possible neighbours are found by halving.
  const kept: Hit[] = [];
  for (const hit of [...hits].sort(compare)) {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((kept[middle]?.end ?? 0) <= hit.start) low = middle + 1;
      else high = middle;
    }
    const next = kept[low];
    if (next === undefined || next.start >= hit.end) kept.splice(low, 0, hit);
  }
  return kept;
}

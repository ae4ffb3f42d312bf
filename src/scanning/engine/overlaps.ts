import type { Confidence, DetectorKind } from '../detector.ts';
import type { Hit } from '../hit.ts';

const kindRank: Record<DetectorKind, number> = { structured: 0, contextual: 1, generic: 2 };
const confidenceRank: Record<Confidence, number> = { high: 0, medium: 1, low: 2 };

/** The more telling first: what the shape proves before what surroundings suggest, then what is seen with less decoding, the surer, the longer. */
function compare(a: Hit, b: Hit): number {
  return (
    kindRank[a.detector.kind] - kindRank[b.detector.kind] ||
    a.layers.length - b.layers.length ||
    confidenceRank[a.confidence] - confidenceRank[b.confidence] ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    (a.detector.id < b.detector.id ? -1 : 1)
  );
}

/** One hit for each place: of those that share a byte the most telling stays. In the order of the bytes. */
export function withoutOverlaps(hits: readonly Hit[]): Hit[] {
  const kept: Hit[] = [];
  for (const hit of [...hits].sort(compare)) {
    if (!kept.some(({ start, end }) => hit.start < end && start < hit.end)) kept.push(hit);
  }
  return kept.sort((a, b) => a.start - b.start);
}

import type { Detector } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { examine } from './examine.ts';
import { throughLayers } from './layers/layers.ts';
import { withoutOverlaps } from './overlaps.ts';

/**
 * The oracle: every detector at every byte, without any gate for speed. What it reports, the fast path must report too, and
 * nothing else. Hundreds of times slower.
 */
export function slowPath(detectors: readonly Detector[], bytes: Uint8Array, setting: Setting): Hit[] {
  return throughLayers(bytes, (text) => ({ hits: withoutOverlaps(everyHit(detectors, text, setting)) }));
}

/** What each detector finds in the bytes as they are, whether another one sees more in the same place or not. */
export function everyHit(detectors: readonly Detector[], bytes: Uint8Array, setting: Setting): Hit[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const hits: Hit[] = [];
  for (const detector of detectors) {
    const pattern = new RegExp(detector.pattern.source, `${detector.pattern.flags}g`);
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      pattern.lastIndex = match.index + 1;
      const hit = examine(detector, match, text, 0, setting);
      if (hit !== undefined) hits.push(hit);
    }
  }
  return hits;
}

import type { Detector } from '../../detector.ts';
import type { Hit, Setting } from '../../hit.ts';
import { anchorsOf } from '../anchors.ts';
import { Automaton } from '../automaton.ts';
import { Kernel } from '../kernel.ts';
import { Matcher } from '../matcher.ts';
import type { Prefilter } from '../prefilter.ts';
import type { EngineKind } from '../scanner.ts';

/** The fast path without the last step, so that no detector's hit hides behind another's. */
export class FastPath {
  readonly #prefilter: Prefilter;
  readonly #matcher: Matcher;

  constructor(detectors: readonly Detector[], kind: EngineKind) {
    const anchors = anchorsOf(detectors);
    this.#prefilter = kind === 'wasm' ? new Kernel(anchors) : new Automaton(anchors);
    this.#matcher = new Matcher(
      detectors,
      anchors.map((anchor) => anchor.detectors),
    );
  }

  /** What each detector finds; the counterpart of the slow path's `everyHit`. For texts that the window has room for. */
  everyHit(bytes: Uint8Array, setting: Setting): Hit[] {
    const hits: Hit[] = [];
    const { length } = bytes;
    this.#prefilter.window.set(bytes);
    const { window } = this.#prefilter;
    this.#matcher.begin({ window, length, base: 0, from: 0, to: length, setting, everyHit: true }, hits);
    this.#prefilter.run(length, this.#matcher.visit);
    this.#matcher.end();
    return hits;
  }
}

const place = ({ detector, start, end, confidence }: Hit): string => `${detector.id} ${start}-${end} ${confidence}`;

/** What one path found and the other did not, a line each and each line once: `lost` by the fast one, `invented` by it. */
export function differences(slow: readonly Hit[], fast: readonly Hit[]): { lost: string[]; invented: string[] } {
  const inSlow = new Set(slow.map(place));
  const inFast = new Set(fast.map(place));
  return { lost: [...inSlow].filter((hit) => !inFast.has(hit)), invented: [...inFast].filter((hit) => !inSlow.has(hit)) };
}

import { catalogue } from '../../../src/scanning/catalogue.ts';
import type { Detector } from '../../../src/scanning/detector.ts';
import { Maker } from '../../../src/scanning/detectors/maker.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import type { Bench } from '../bench.ts';
import { round } from './texts.ts';

const LENGTH = 8 * 1024;
/** A text that takes longer than this, all rules on, is slower than 5 MB/s. */
const SLOW_MB = 5;

/** Examples before they are repeated: nothing learned from one serves the next. */
const DIFFERENT = 24;

const filled = (text: string): Buffer => Buffer.from(text.repeat(Math.ceil(LENGTH / text.length)).slice(0, LENGTH), 'latin1');

/** Texts made to be slow for one detector, with a word that says how. */
function* hostileTexts(detector: Detector): Generator<{ readonly way: string; readonly text: Buffer }> {
  const make = new Maker(`hostile/${detector.id}`);
  const run = make.chars('base62', 44);
  for (const anchor of detector.anchors.slice(0, 2)) {
    yield { way: `${anchor} again and again`, text: filled(anchor) };
    yield { way: `${anchor} in every word`, text: filled(`${anchor} = "`) };
    yield { way: `${anchor} before runs`, text: filled(`${anchor}${run}`) };
    yield { way: `${anchor} among runs`, text: filled(`${anchor}: ${run},`) };
    yield { way: `${anchor} and spaces`, text: filled(`${anchor}${' '.repeat(37)}`) };
    yield { way: `${anchor} on lines`, text: filled(`${anchor}\n ${anchor} \\n`) };
  }
  for (const { text, value } of detector.examples(make).positive.slice(0, 1)) {
    yield { way: 'an example again and again', text: filled(text) };
    // One character less, and a stranger in its place: as much of the pattern as can match without matching.
    yield { way: 'an example cut short', text: filled(text.replace(value, value.slice(0, -1))) };
    yield { way: 'an example with a wrong end', text: filled(text.replace(value, `${value.slice(0, -1)}\x7f`)) };
    yield { way: 'an example that goes on', text: filled(text.replace(value, value.repeat(9))) };
    yield { way: 'the beginning of an example', text: filled(text.slice(0, Math.max(4, text.indexOf(value)))) };
  }
  const examples = Array.from({ length: DIFFERENT }, (_, index) => {
    const { positive } = detector.examples(new Maker(`hostile/${detector.id}/${index}`));
    return positive[0]?.text ?? '';
  });
  yield { way: 'different examples', text: filled(examples.join('\n')) };
}

/** Every rule on, and input made to be slow for each of them in turn. */
const bench: Bench = async () => {
  const scanner = new Scanner(catalogue);
  const speeds: { readonly name: string; readonly speed: number }[] = [];
  for (const detector of catalogue) {
    for (const { way, text } of hostileTexts(detector)) {
      const speed = () => {
        const started = process.cpuUsage();
        scanner.scan(text, { path: 'a.txt' });
        const { user, system } = process.cpuUsage(started);
        return LENGTH / Math.max(1, user + system);
      };
      const first = speed();
      // What is compiled on the way counts once; a second look decides.
      speeds.push({ name: `${detector.id}: ${way}`, speed: first < 4 * SLOW_MB ? Math.max(first, speed(), speed()) : first });
    }
  }
  const slowest = speeds.sort((a, b) => a.speed - b.speed).slice(0, 25);
  for (const { name, speed } of slowest) console.log(`${speed.toFixed(1)} MB/s  ${JSON.stringify(name)}`);
  return {
    ratios: {},
    figures: {
      'hostile: texts': { value: speeds.length, unit: '' },
      'hostile: slowest': { value: round(slowest[0]?.speed ?? 0, 1), unit: 'MB/s' },
      [`hostile: below ${SLOW_MB} MB/s`]: { value: speeds.filter(({ speed }) => speed < SLOW_MB).length, unit: 'texts' },
    },
  };
};

export default bench;

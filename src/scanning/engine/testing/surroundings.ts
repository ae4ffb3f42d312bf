import type { Detector } from '../../detector.ts';
import { Maker } from '../../detectors/maker.ts';

/** What may stand before an example, after it, or between two: everything that the prefilter treats in its own way. */
const fillers: readonly ((make: Maker) => string)[] = [
  () => '',
  () => '\n',
  () => '\r\n',
  () => '\n\n    ',
  (make) => ' '.repeat(make.below(80)),
  (make) => `\n# ${'-'.repeat(make.between(10, 90))}\n`,
  (make) => `"${make.chars('base64', make.between(1, 400))}"\n`,
  (make) => make.chars('base64', make.between(1, 120)),
  (make) => make.chars('hex', make.between(1, 64)),
  (make) => `${make.chars('letters', make.between(14, 40))}_`,
  (make) => `${make.chars('letters', 70)}${make.chars('digits', 1)}\n`,
  (make) =>
    make.pick([String.raw`\n`, String.raw`\t`, '%3D', String.raw`\u0022`, String.raw`\x1b`, '\\', '%', '=', ':', '.', '~']),
  () => Buffer.from('größe = "≤ 3 µm", 名前: ').toString('latin1'),
  (make) => Buffer.from(make.bytes(make.below(40))).toString('latin1'),
  (make) => `\nconst ${make.chars('letters', 9)} = ${make.chars('lower', 6)}(${make.chars('lower', 3)}, ${make.below(99)});\n`,
  (make) => `\n${make.chars('upperHex', 8)}-${make.chars('lower', 20)}.${make.chars('lower', 4)}/`,
];

const texts = (detector: Detector, seed: string): string[] => {
  const { positive, negative } = detector.examples(new Maker(`${seed}/${detector.id}`));
  return [...positive.map(({ text }) => text), ...negative];
};

/**
 * Every example of every detector, in an order and in surroundings that the seed decides, as texts of about `length` bytes.
 * Each begins with an example and ends with one.
 */
export function* surrounded(detectors: readonly Detector[], seed: string, length: number): Generator<Buffer> {
  const make = new Maker(seed);
  const examples = detectors.flatMap((detector) => texts(detector, seed));
  let text = '';
  while (examples.length > 0) {
    const at = make.below(examples.length);
    text += examples[at] ?? '';
    examples[at] = examples.at(-1) ?? '';
    examples.pop();
    if (text.length >= length || examples.length === 0) {
      yield Buffer.from(text, 'latin1');
      text = '';
    } else {
      text += Array.from({ length: make.between(1, 3) }, () => make.pick(fillers)(make)).join('');
    }
  }
}

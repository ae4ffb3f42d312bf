import { catalogue } from '../../../src/scanning/catalogue.ts';
import type { Detector } from '../../../src/scanning/detector.ts';
import { keyed } from '../../../src/scanning/detectors/keyed.ts';
import { Maker } from '../../../src/scanning/detectors/maker.ts';
import { chars } from '../../../src/scanning/detectors/shape.ts';
import { token } from '../../../src/scanning/detectors/token.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { readTexts, round, withTree } from './texts.ts';

const FEW = 250;
const MANY = 800;
const ROUNDS = 7;
const BYTES = 80e6;

/** What 250 detectors cost, and what 800 do: those of the catalogue, in an order by chance, and invented ones if it has fewer. */
const bench: Bench = () =>
  withTree(async ({ folder }) => {
    const texts = readTexts(folder, BYTES);
    const shuffled = [...catalogue].sort((a, b) => rank(a) - rank(b));
    const all = [...shuffled, ...Array.from({ length: Math.max(0, MANY - shuffled.length) }, (_, index) => invented(index))];
    const generic = all.filter(({ kind }) => kind === 'generic');
    const others = all.filter(({ kind }) => kind !== 'generic');
    const sets = { few: [...generic, ...others].slice(0, FEW), many: [...generic, ...others].slice(0, MANY) };
    const scanners = { few: new Scanner(sets.few), many: new Scanner(sets.many) };
    const took = { few: [] as number[], many: [] as number[] };
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      for (const name of ['few', 'many'] as const) {
        const started = performance.now();
        for (const { path, bytes } of texts) scanners[name].scan(bytes, { path });
        took[name].push(performance.now() - started);
      }
    }
    const ratio = median(took.many) / median(took.few);
    return {
      ratios: { 'rules: time of 800 ÷ time of 250': ratio },
      figures: { 'rules: 250 → 800': { value: round((ratio - 1) * 100, 1), unit: '% slower' } },
    };
  });

export default bench;

/** By chance, the same every time. */
const rank = ({ id }: Detector): number => new Maker(id).below(65_536);

function invented(index: number): Detector {
  const make = new Maker(`rule ${index}`);
  const name = make.chars('lower', make.between(4, 9));
  const of = { id: `invented-${index}`, provider: name, title: name, family: 'services', source: 'invented' } as const;
  if (index % 2 === 0) return token({ ...of, prefix: `${name.slice(0, 4)}_`, body: chars('base62', 32) });
  return keyed({ ...of, keywords: [name], value: chars('hex', 32) });
}

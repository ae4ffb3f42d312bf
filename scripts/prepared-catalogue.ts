import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Plugin } from 'rolldown';
import { catalogue } from '../src/scanning/catalogue.ts';
import type { Detector } from '../src/scanning/detector.ts';
import { anchorsOf } from '../src/scanning/engine/anchors.ts';
import { Kernel } from '../src/scanning/engine/kernel.ts';
import type { Card, PreparedCatalogue } from '../src/scanning/prepared-catalogue.ts';

const scanning = join(import.meta.dirname, '../src/scanning');
const folder = join(scanning, 'detectors');

/** A file of detectors: what it exports, one after the other. */
interface Family {
  readonly file: string;
  readonly detectors: readonly Detector[];
}

async function families(): Promise<readonly Family[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts');
  const all = await Promise.all(
    files.sort().map(async (file) => {
      const exported: object = await import(pathToFileURL(join(folder, file)).href);
      return { file, detectors: exportedDetectors(exported) };
    }),
  );
  return all.filter(({ detectors }) => detectors.some((detector) => catalogue.includes(detector)));
}

/** Everything exported from a file that is a detector or a list of them; the published program lists them in the same order. */
const exportedDetectors = (exported: object): Detector[] => Object.values(exported).flat();

/** What the published program starts with instead of running every file of detectors. */
export async function prepareCatalogue(): Promise<{ prepared: PreparedCatalogue; files: readonly string[] }> {
  const sources = await families();
  const placeOf = new Map<Detector, readonly [module: number, place: number]>();
  for (const [module, { detectors }] of sources.entries())
    for (const [place, detector] of detectors.entries()) placeOf.set(detector, [module, place]);
  const cards = catalogue.map((detector): Card => {
    const place = placeOf.get(detector);
    if (place === undefined) throw new Error(`${detector.id} is in the catalogue, but no file exports it`);
    return [detector.id, detector.search, detector.reach, detector.lead ?? 0, ...place];
  });
  const anchors = anchorsOf(catalogue);
  const { bytes, farthest } = new Kernel(anchors).image();
  const image = deflateRawSync(bytes, { level: 9 }).toString('base64');
  const waiting = anchors.map(({ detectors }) => detectors);
  return { prepared: { cards, waiting, farthest, image }, files: sources.map(({ file }) => file) };
}

/** In the bundle, puts what was prepared in the place of `catalogue.ts`. `require` makes each file run when it is first asked for. */
export function preparedCatalogue(): Plugin {
  return {
    name: 'prepared-catalogue',
    async load(id) {
      if (id !== join(scanning, 'catalogue.ts')) return undefined;
      const { prepared, files } = await prepareCatalogue();
      const modules = files.map((file) => `() => Object.values(require(${JSON.stringify(`./detectors/${file}`)})).flat()`);
      return [
        `import { openPreparedCatalogue } from './prepared-catalogue.ts';`,
        `const prepared = JSON.parse(${JSON.stringify(JSON.stringify(prepared))});`,
        `const modules = [${modules.join(',\n')}];`,
        'export const catalogue = openPreparedCatalogue(prepared, modules);',
      ].join('\n');
    },
  };
}

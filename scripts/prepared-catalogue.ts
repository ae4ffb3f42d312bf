import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Plugin } from 'rolldown';
import { catalogue } from '../src/scanning/catalogue.ts';
import type { Detector, Inside } from '../src/scanning/detector.ts';
import { between } from '../src/scanning/detectors/keyed-grammar.ts';
import { BEFORE } from '../src/scanning/detectors/token.ts';
import { anchorsOf } from '../src/scanning/engine/anchors.ts';
import { Kernel } from '../src/scanning/engine/kernel.ts';
import type { Card, PreparedCatalogue } from '../src/scanning/prepared-catalogue.ts';

const scanning = join(import.meta.dirname, '../src/scanning');
const folder = join(scanning, 'detectors');
/** What hundreds of patterns have in common. */
const shared = [between, BEFORE];

/** Module that stands for all files of detectors, each of them run when it is first asked for. */
export const DETECTOR_MODULES = 'detector-modules';

interface DetectorFile {
  readonly name: string;
  readonly detectors: readonly Detector[];
}

/** Those files whose detectors are in the catalogue. */
async function detectorFiles(): Promise<readonly DetectorFile[]> {
  const names = readdirSync(folder).filter((name) => /^(?!index\.)[^.]+\.ts$/.test(name));
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const exported: object = await import(pathToFileURL(join(folder, name)).href);
      return { name, detectors: Object.values(exported).flat() as Detector[] };
    }),
  );
  return files.filter(({ detectors }) => detectors.some((detector) => catalogue.includes(detector)));
}

/** What the published program starts with instead of running every file of detectors; `loadModule` does as it will do. */
export async function prepareCatalogue(): Promise<{
  prepared: PreparedCatalogue;
  loadModule: (module: number) => readonly Detector[];
}> {
  const files = await detectorFiles();
  const placeOf = new Map<Detector, readonly [module: number, place: number]>();
  for (const [module, { detectors }] of files.entries())
    for (const [place, detector] of detectors.entries()) placeOf.set(detector, [module, place]);
  const insides = new Map<string, Inside>();
  for (const { inside } of catalogue) if (inside !== undefined) insides.set(inside.pattern, inside);
  const patternsInside = [...insides.keys()];
  const cards = catalogue.map((detector): Card => {
    const { id, search, reach, lead = 0, kind, confidence, check, inside } = detector;
    const place = placeOf.get(detector);
    if (place === undefined) throw new Error(`${id} is in the catalogue, but no file exports it`);
    const card = [id, search, reach, lead, kind, confidence, check !== undefined, ...place] as const;
    return inside === undefined ? card : [...card, patternsInside.indexOf(inside.pattern)];
  });
  const anchors = anchorsOf(catalogue);
  const { bytes, farthest } = new Kernel(anchors).image();
  const prepared = {
    cards,
    patterns: catalogue.map(({ pattern }) => `${pattern.flags}/${shortened(pattern.source)}`).join('\n'),
    shared,
    insides: [...insides.values()],
    waiting: anchors.map(({ detectors }) => detectors),
    farthest,
    image: deflateRawSync(bytes, { level: 9 }).toString('base64'),
  };
  return { prepared, loadModule: (module) => files[module]?.detectors ?? [] };
}

function shortened(source: string): string {
  return shared.reduce((text, part, index) => text.replace(part, String.fromCharCode(index + 1)), source);
}

/** In a bundle, puts what was prepared in the place of `catalogue.ts`. `modulesFile`: of `detectorModules`, seen from there. */
export function preparedCatalogue(modulesFile: string): Plugin {
  return {
    name: 'prepared-catalogue',
    async load(id) {
      if (id !== join(scanning, 'catalogue.ts')) return undefined;
      const { prepared } = await prepareCatalogue();
      // What is long and full of backslashes is not to be unescaped twice.
      const { patterns, image, ...rest } = prepared;
      return `
        import { createRequire } from 'node:module';
        import { openPreparedCatalogue } from './prepared-catalogue.ts';
        let modules;
        const loadModule = (module) => {
          modules ??= createRequire(import.meta.url)(${JSON.stringify(modulesFile)});
          return modules[module]();
        };
        const patterns = ${JSON.stringify(patterns)};
        const image = ${JSON.stringify(image)};
        const rest = JSON.parse(${JSON.stringify(JSON.stringify(rest))});
        export const catalogue = openPreparedCatalogue({ ...rest, patterns, image }, loadModule);
      `;
    },
  };
}

/** The entry of the file of all detectors. `require` has each module run when it is first asked for. */
export function detectorModules(): Plugin {
  return {
    name: DETECTOR_MODULES,
    resolveId: (id) => (id === DETECTOR_MODULES ? join(folder, DETECTOR_MODULES) : undefined),
    async load(id) {
      if (id !== join(folder, DETECTOR_MODULES)) return undefined;
      const names = (await detectorFiles()).map(({ name }) => JSON.stringify(`./${name}`));
      return `module.exports = [${names.map((name) => `() => Object.values(require(${name})).flat()`).join(',\n')}];`;
    },
  };
}

import { catalogue } from '../../src/scanning/catalogue.ts';
import { type Detector, type DetectorKind, type Family, families } from '../../src/scanning/detector.ts';
import { code, type Page, page, table } from './page.ts';

const titles: Readonly<Record<Family, string>> = {
  'ml-providers': 'Providers of models',
  'ml-tooling': 'Tools of machine learning',
  clouds: 'Clouds',
  'code-hosts': 'Code hosts',
  'continuous-integration': 'Continuous integration',
  registries: 'Registries',
  infrastructure: 'Infrastructure',
  databases: 'Databases',
  messaging: 'Messaging',
  payments: 'Payments',
  monitoring: 'Monitoring',
  services: 'Services',
  keys: 'Keys and tokens of no one vendor',
  'configuration-files': 'Configuration files',
  'connection-strings': 'Connection strings',
  generic: 'Assignments',
};

const found: Readonly<Record<DetectorKind, string>> = {
  structured: 'by its shape alone',
  contextual: 'by a word beside it',
  generic: 'by the name it is assigned to',
};

const row = ({ id, title, provider, kind, confidence, source, check }: Detector): readonly string[] => [
  code(id),
  title,
  provider,
  found[kind],
  confidence,
  check === undefined ? '' : 'yes',
  source,
];

const familyPage = (family: Family): Page => ({
  file: `scan/detectors/${family}.md`,
  render() {
    const detectors = catalogue.filter((detector) => detector.family === family);
    return page(
      titles[family],
      `${detectors.length} detectors; \`--detector ${family}\` scans with these alone. The confidence is the one before the surroundings were looked at; a check (checksum, structure, decoding; offline) raises or lowers it.`,
      table(['Detector', 'What', 'Whose', 'Found', 'Confidence', 'Check', 'Source'], detectors.map(row)),
    );
  },
});

const used = families.filter((family) => catalogue.some((detector) => detector.family === family));

/** What is looked for: an index, and a page for each family. */
export const detectorPages: readonly Page[] = [
  {
    file: 'scan/detectors/index.md',
    render: () =>
      page(
        'Detectors',
        `${catalogue.length} detectors. \`watchword scan --list-detectors\` prints them.`,
        table(
          ['Family', 'Detectors'],
          used.map((family) => [
            `[${titles[family]}](${family}.md)`,
            String(catalogue.filter((detector) => detector.family === family).length),
          ]),
        ),
      ),
  },
  ...used.map(familyPage),
];

import { catalogue } from '../../../src/scanning/catalogue.ts';
import type { Detector } from '../../../src/scanning/detector.ts';
import { Maker } from '../../../src/scanning/detectors/maker.ts';
import { named, nameless, namesOf, type Surrounding } from './surroundings.ts';

export const positiveClasses = ['structured', 'ml', 'contextual', 'keys and connections', 'generic'] as const;
type PositiveClass = (typeof positiveClasses)[number];

export interface Sample {
  readonly group: string;
  readonly path: string;
  readonly text: string;
}

export interface Positive extends Sample {
  readonly group: PositiveClass;
  /** What it is: the detector whose shape the value has, or the kind of generic value. */
  readonly what: string;
  readonly value: string;
}

const ML = new Set(['ml-providers', 'ml-tooling']);
const WHOLE = new Set(['keys', 'connection-strings', 'configuration-files']);

function classOf({ family, kind }: Detector): PositiveClass {
  if (ML.has(family)) return 'ml';
  if (WHOLE.has(family)) return 'keys and connections';
  return kind;
}

/** The provider as it is written in names: `Weights & Biases` is `weights_biases`; its id says it when it is too long. */
const providerWords = ({ provider }: Detector): string[] =>
  provider
    .replace(/\(.*\)/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');

const ENDS = [['api', 'key'], ['token'], ['api', 'token'], ['secret'], ['key'], ['secret', 'key']];

function ofDetector(detector: Detector, make: Maker, count: number): Positive[] {
  const group = classOf(detector);
  const values = detector.examples(make).positive;
  return Array.from({ length: count }, (_, index) => {
    const example = values[index % values.length] as (typeof values)[number];
    const alone = detector.kind === 'structured' && make.below(4) === 0;
    // What needs a place of its own (a line of a netrc file, a header) brings that along.
    if (group === 'keys and connections' || detector.search === 'anywhere')
      return { group, what: detector.id, path: 'settings.txt', ...example };
    const names = namesOf([...providerWords(detector), ...make.pick(ENDS)]);
    const { path, text } = make.pick(alone ? nameless : named);
    return { group, what: detector.id, path, text: text(names, example.value), value: example.value };
  });
}

const kinds: Readonly<Record<string, readonly [readonly string[][], (make: Maker) => string]>> = {
  'hex 32': [
    [
      ['api', 'key'],
      ['service', 'token'],
      ['encryption', 'key'],
    ],
    (make) => make.chars('hex', 32),
  ],
  'hex 64': [
    [
      ['signing', 'key'],
      ['master', 'key'],
      ['jwt', 'secret'],
    ],
    (make) => make.chars('hex', 64),
  ],
  'base64 44': [
    [
      ['encryption', 'key'],
      ['hmac', 'secret'],
      ['cookie', 'secret'],
    ],
    (make) => make.bytes(32).toString('base64'),
  ],
  'base62 24': [
    [
      ['access', 'token'],
      ['auth', 'token'],
      ['backend', 'api', 'key'],
    ],
    (make) => make.chars('base62', 24),
  ],
  'base64url 40': [
    [
      ['client', 'secret'],
      ['webhook', 'secret'],
      ['refresh', 'token'],
    ],
    (make) => make.chars('base64url', 40),
  ],
  'random password': [
    [['db', 'password'], ['password'], ['smtp', 'passwd'], ['admin', 'pwd'], ['redis', 'password']],
    (make) =>
      make.chars('base62', make.between(8, 14)) + make.pick(['!', '#', '@', '%', '$', '^', '&', '*']) + make.chars('base62', 3),
  ],
  'chosen password': [
    [['db', 'password'], ['password'], ['root', 'password'], ['user', 'passwd']],
    (make) =>
      make.pick(['Winter', 'Falcon', 'hunter', 'Berlin', 'Trainset', 'gpuNode']) +
      make.chars('digits', 4) +
      make.pick(['!', '', '#', '?']),
  ],
  'short secret': [
    [
      ['client', 'secret'],
      ['app', 'secret'],
      ['session', 'secret'],
    ],
    (make) => make.chars('base62', 12),
  ],
};

function generic(make: Maker, count: number): Positive[] {
  return Object.entries(kinds).flatMap(([what, [names, value]]) =>
    Array.from({ length: count }, () => {
      const { path, text }: Surrounding = make.pick(named);
      const secret = value(make);
      return { group: 'generic' as const, what, path, text: text(namesOf(make.pick(names)), secret), value: secret };
    }),
  );
}

/** Labelled secrets in realistic places; the same ones for the same seed. */
export function positives(seed: string, perDetector: number): Positive[] {
  const make = new Maker(seed);
  const specific = catalogue
    .filter(({ kind }) => kind !== 'generic')
    .flatMap((detector) => ofDetector(detector, make, perDetector));
  return [...specific, ...generic(make, perDetector * 25)];
}

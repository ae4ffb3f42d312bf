import { type Alphabet, alphabets, type Maker } from './maker.ts';

/** The form of a credential, said once: how it is recognised, and how one is made for an example. */
export interface Shape {
  /** Source of a regular expression without capturing groups, every quantifier bounded. */
  readonly source: string;
  /** Least and most bytes. */
  readonly least: number;
  readonly most: number;
  /** Whether all of its characters are of `[A-Za-z0-9_+/-]`, so that it is one run. Not said means no. */
  readonly isRun?: boolean;
  sample(make: Maker): string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const RUN = /^[A-Za-z0-9_+/-]*$/;
const areRuns = (shapes: readonly Shape[]): boolean => shapes.every(({ isRun = false }) => isRun);

/** `least` to `most` characters of an alphabet. */
export function chars(alphabet: Alphabet | { readonly of: string }, least: number, most = least): Shape {
  const members = typeof alphabet === 'string' ? alphabets[alphabet][0] : escaped(alphabet.of);
  return {
    source: `[${members}]{${least}${most === least ? '' : `,${most}`}}`,
    least,
    most,
    isRun: typeof alphabet === 'string' || RUN.test(alphabet.of),
    sample: (make) => make.chars(alphabet, make.between(least, most)),
  };
}

function text(literal: string): Shape {
  const { length } = literal;
  return { source: escaped(literal), least: length, most: length, isRun: RUN.test(literal), sample: () => literal };
}

const shaped = (part: Shape | string): Shape => (typeof part === 'string' ? text(part) : part);

export function seq(...parts: readonly (Shape | string)[]): Shape {
  const shapes = parts.map(shaped);
  let [source, least, most] = ['', 0, 0];
  for (const shape of shapes) {
    source += shape.source;
    least += shape.least;
    most += shape.most;
  }
  return {
    source,
    least,
    most,
    isRun: areRuns(shapes),
    sample: (make) => shapes.map((shape) => shape.sample(make)).join(''),
  };
}

export function either(...parts: readonly (Shape | string)[]): Shape {
  const shapes = parts.map(shaped);
  return {
    source: `(?:${shapes.map(({ source }) => source).join('|')})`,
    least: Math.min(...shapes.map(({ least }) => least)),
    most: Math.max(...shapes.map(({ most }) => most)),
    isRun: areRuns(shapes),
    sample: (make) => make.pick(shapes).sample(make),
  };
}

export function optional(part: Shape | string): Shape {
  const shape = shaped(part);
  return {
    source: `(?:${shape.source})?`,
    least: 0,
    most: shape.most,
    isRun: areRuns([shape]),
    sample: (make) => (make.below(2) === 0 ? '' : shape.sample(make)),
  };
}

export function repeated(part: Shape | string, least: number, most = least): Shape {
  const shape = shaped(part);
  return {
    source: `(?:${shape.source}){${least}${most === least ? '' : `,${most}`}}`,
    least: shape.least * least,
    most: shape.most * most,
    isRun: areRuns([shape]),
    sample: (make) => Array.from({ length: make.between(least, most) }, () => shape.sample(make)).join(''),
  };
}

const hexGroup = (length: number): Shape => chars('hex', length);
/** Lower case, as providers issue them. */
export const uuid: Shape = seq(hexGroup(8), '-', hexGroup(4), '-', hexGroup(4), '-', hexGroup(4), '-', hexGroup(12));

/** A shape whose samples are made in another way than by chance, for example with a checksum. */
export const sampled = (shape: Shape, sample: (make: Maker) => string): Shape => ({ ...shape, sample });

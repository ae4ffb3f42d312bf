import type { Check, Detector, Example, Family } from '../detector.ts';
import type { Maker } from './maker.ts';

/**
 * Before a value, what says that none is written there but a reference to one: `${X}`, `$(x)`, `$X`, `{{ x }}`, `%(x)s`, `%s`,
 * `<x>`, `***`. The judge knows more of them; these are ruled out wherever a value follows directly on its name.
 */
export const LITERAL = String.raw`(?!\$\{|\$\(|\$[A-Za-z_]|\{|%\(|%[sdv]|%[A-Z_]{2,40}%|<|\*{3}|\.\.\.|os\.|env[.:(]|process\.|var\.|vault:|!)`;

/** A quote that may itself be escaped, as in JSON in JSON; or none. */
export const QUOTE = String.raw`(?:\\{0,3}["'])?`;

interface AnchoredSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly family: Family;
  readonly kind?: Detector['kind'];
  /** Rare in all texts: they are looked for in every byte. */
  readonly anchors: readonly string[];
  readonly guards?: NonNullable<Detector['guards']>;
  readonly lead?: number;
  readonly search?: Detector['search'];
  /** Made when it is first asked for. */
  readonly pattern: RegExp | (() => RegExp);
  readonly reach: number;
  readonly confidence?: Detector['confidence'];
  readonly check?: (value: string, match: RegExpExecArray) => Check | undefined;
  readonly source: string;
  readonly positive: (make: Maker) => readonly Example[];
  readonly negative: (make: Maker) => readonly string[];
}

/** A credential that its place in a known format identifies. */
export function anchored(spec: AnchoredSpec): Detector {
  const { kind = 'structured', search = 'anywhere', confidence = 'high', positive, negative, pattern, ...rest } = spec;
  let made: RegExp | undefined;
  return {
    ...rest,
    kind,
    search,
    confidence,
    get pattern() {
      made ??= typeof pattern === 'function' ? pattern() : pattern;
      return made;
    },
    examples: (make) => ({ positive: positive(make), negative: negative(make) }),
  };
}

/** Examples of one secret each: the text around it, and how such a secret is made. */
export const around =
  (sample: (make: Maker) => string, ...surroundings: readonly ((value: string) => string)[]) =>
  (make: Maker): Example[] =>
    surroundings.map((surround) => {
      const value = sample(make);
      return { text: surround(value), value };
    });

/** A password as somebody chose it: letters, digits and marks that need no escape anywhere. */
export const password = (make: Maker): string =>
  `${make.chars('letters', 5)}${make.chars('digits', 3)}!${make.chars('base62', 5)}`;

import type { Check, Detector, Examples, Family } from '../detector.ts';
import type { Maker } from './maker.ts';
import type { Shape } from './shape.ts';

interface KeyedSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly family: Family;
  /** Words of which one stands before the value; lower case, at least 3 bytes; `_` stands for any of `_`, `-`, `.`, space and nothing. */
  readonly keywords: readonly string[];
  /** Holds a run of 16 or more of `[A-Za-z0-9_+/-]` with a digit and a letter. */
  readonly value: Shape;
  /** Characters that stand neither before nor after the value; by default those that would make it longer. */
  readonly notBeside?: string;
  readonly confidence?: Detector['confidence'];
  check?(value: string): Check | undefined;
  readonly source: string;
  more?(make: Maker): Partial<Examples>;
}

/** Most bytes between a keyword and the value. */
const BETWEEN = 80;

const anyCase = (letter: string): string => `[${letter}${letter.toUpperCase()}]`;
const spelled = (keyword: string): string =>
  keyword
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/[a-z]/g, anyCase)
    .replace(/_/g, '[_. -]?');

/** A credential of a common shape whose owner a keyword on the same or the next line names. */
export function keyed(spec: KeyedSpec): Detector {
  const { id, provider, title, family, keywords, value, notBeside = 'A-Za-z0-9_+/-', source } = spec;
  const { check } = spec;
  const words = `(?:${keywords.map(spelled).join('|')})`;
  const between = `[^\\r\\n]{0,${BETWEEN / 2}}?(?:\\r?\\n[^\\r\\n]{0,${BETWEEN / 2 - 2}}?)?`;
  return {
    id,
    provider,
    title,
    family,
    kind: 'contextual',
    search: 'nearby',
    anchors: [...new Set(keywords.flatMap(anchorOf))],
    pattern: new RegExp(`${words}${between}(?<![${notBeside}])(?<value>${value.source})(?![${notBeside}])`),
    reach: Math.max(...keywords.map(({ length }) => length)) + BETWEEN + value.most,
    confidence: spec.confidence ?? 'medium',
    ...(check === undefined ? {} : { check: (found: string) => check(found) }),
    source,
    examples(make) {
      const more = spec.more?.(make) ?? {};
      return { positive: [...keyedExamples(make, spec), ...(more.positive ?? [])], negative: more.negative ?? [] };
    },
  };
}

/** What stays when the optional separators are left out must still be there: the first part of at least 3 letters. */
function anchorOf(keyword: string): string[] {
  const [first = ''] = keyword.split('_');
  if (first.length >= 3) return [first];
  return ['', '_', '-', '.', ' '].map((separator) => keyword.split('_').join(separator));
}

function keyedExamples(make: Maker, { keywords, value: shape }: KeyedSpec): { text: string; value: string }[] {
  const name = make.pick(keywords);
  const upper = name.toUpperCase();
  const surroundings: readonly ((value: string) => string)[] = [
    (value) => `${upper}_KEY=${value}\n`,
    (value) => `${name}_api_key: "${value}"`,
    (value) => `os.environ["${upper}_API_KEY"] = "${value}"`,
    (value) => `{"${name}": {"api_key": "${value}"}}`,
    (value) => `client = Client(${name}_token='${value}')`,
  ];
  return surroundings.map((surround) => {
    const value = shape.sample(make);
    return { text: surround(value), value };
  });
}

import type { Check, Detector, Example, Examples, Family, Guard } from '../detector.ts';
import { BETWEEN_MOST, between, mustStandAlone, NOT_BEFORE, saysKey, spelled } from './keyed-grammar.ts';
import type { Maker } from './maker.ts';
import type { Shape } from './shape.ts';
import { filled } from './token.ts';

interface KeyedSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly family: Family;
  /**
   * Words of which one stands before the value; lower case, at least 3 bytes; `_` stands for any of `_`, `-`, `.`, space and
   * nothing. Words of at most 5 letters must stand alone in their name: `exa` is in `EXA_API_KEY` and `myExaKey`, not in `example`.
   */
  readonly keywords: readonly string[];
  /** Holds a run of 16 or more of `[A-Za-z0-9_+/-]` with a digit and a letter. */
  readonly value: Shape;
  /** Characters that do not follow the value; by default those that would make it longer. */
  readonly notBeside?: string;
  /** `structured` for a value that the judge would take for something else. */
  readonly kind?: Detector['kind'];
  readonly confidence?: Detector['confidence'];
  check?(value: string): Check | undefined;
  readonly source: string;
  /** Texts in which it is met, with `{}` in the place of the value. */
  readonly seen?: readonly string[];
  /** Texts in which the same characters are something else. */
  readonly unseen?: readonly string[];
  more?(make: Maker): Partial<Examples>;
}

const UNNAMED: Check = { ok: false, reason: 'nothing before it says that it is a key' };

/** A credential of a common shape whose owner a keyword on the same or one of the next two lines names. */
export function keyed(spec: KeyedSpec): Detector {
  const { id, provider, title, family, keywords, value, notBeside = 'A-Za-z0-9_+/-', source } = spec;
  const end = `(?![${notBeside}]|\\.[A-Za-z0-9])`;
  let pattern: RegExp | undefined;
  return {
    id,
    provider,
    title,
    family,
    kind: spec.kind ?? 'contextual',
    search: 'nearby',
    anchors: [...new Set(keywords.flatMap(anchorsOf))],
    guards: guardsOf(keywords),
    ...(value.isRun === true ? { leastRun: value.least } : {}),
    inside: { pattern: `${NOT_BEFORE}(?:${value.source})${end}`, most: value.most + 2 },
    get pattern() {
      pattern ??= new RegExp(`(?:${keywords.map(spelled).join('|')})${between}(?<value>${value.source})${end}`);
      return pattern;
    },
    reach: Math.max(...keywords.map(({ length }) => length)) + BETWEEN_MOST + value.most,
    confidence: spec.confidence ?? 'medium',
    check(found, match) {
      const own = spec.check?.(found);
      return own ?? (saysKey(match[0].slice(0, -found.length)) ? undefined : UNNAMED);
    },
    source,
    examples(make) {
      const more = spec.more?.(make) ?? {};
      return {
        positive: [
          ...keyedExamples(make, spec),
          ...filled(spec.seen ?? [], () => sampleOf(make, value)),
          ...(more.positive ?? []),
        ],
        negative: [...lookAlikes(make, spec), ...(more.negative ?? [])],
      };
    },
  };
}

/** What stays when the optional separators are left out must still be there: the first part of at least 3 letters. */
function anchorsOf(keyword: string): string[] {
  const [first = ''] = keyword.split('_');
  if (first.length >= 3) return [first];
  return ['', '_', '-', '.', ' '].map((separator) => keyword.split('_').join(separator));
}

/** What else of a keyword its anchor has beside it, of all keywords with the same anchor. */
function guardsOf(keywords: readonly string[]): Record<string, Guard> {
  const guards: Record<string, Guard> = {};
  const unguarded = new Set<string>();
  for (const keyword of keywords) {
    const [first = '', second] = keyword.split('_');
    const guard = guards[first];
    if (first.length < 3 || second === '' || (second === undefined && !mustStandAlone(keyword))) unguarded.add(first);
    else guards[first] = second === undefined ? { ...guard, word: true } : { ...guard, next: [...(guard?.next ?? []), second] };
  }
  for (const anchor of unguarded) delete guards[anchor];
  return guards;
}

/** One that the search finds: chance may leave out the digits. */
function sampleOf(make: Maker, shape: Shape): string {
  for (;;) {
    const value = shape.sample(make);
    const runs = value.match(/[A-Za-z0-9_+/-]{16,}/g) ?? [];
    if (runs.some((run) => /[0-9]/.test(run) && /[A-Za-z]/.test(run))) return value;
  }
}

const SURROUNDINGS: readonly ((name: string, upper: string, value: string) => string)[] = [
  (_name, upper, value) => `${upper}_KEY=${value}\n`,
  (name, _upper, value) => `${name}_api_key: "${value}"`,
  (_name, upper, value) => `os.environ["${upper}_API_KEY"] = "${value}"`,
  (_name, upper, value) => `key = os.getenv("${upper}_API_KEY", "${value}")`,
  (name, _upper, value) => `{"${name}": {"api_key": "${value}"}}`,
  (name, _upper, value) => `${name}:\n  timeout: 30\n  api_key: ${value}\n`,
  (name, _upper, value) => `client = Client(${name}_token='${value}')`,
  (name, _upper, value) => `run --${name}-api-key ${value} --verbose`,
  (_name, upper, value) => `ENV ${upper}_API_KEY ${value}\n`,
  (_name, upper, value) => `- name: ${upper}_API_KEY\n  value: "${value}"\n`,
  (name, _upper, value) => `variable "${name}_api_key" {\n  type    = string\n  default = "${value}"\n}\n`,
  (name, _upper, value) => `# my ${name} api key is ${value}`,
  (name, _upper, value) => `curl https://api.${name}.com/v1/models \\\n  -H "Authorization: Bearer ${value}"`,
  (_name, upper, value) => String.raw`"source": ["os.environ[\"${upper}_API_KEY\"] = \"${value}\"\n"]`,
];

function keyedExamples(make: Maker, { keywords, value: shape }: KeyedSpec): Example[] {
  return SURROUNDINGS.map((surround) => {
    const name = make.pick(keywords);
    const value = sampleOf(make, shape);
    return { text: surround(name, name.toUpperCase(), value), value };
  });
}

/** Commits, digests, parts of addresses, and other people's keys. */
function lookAlikes(make: Maker, { keywords, value: shape, unseen = [] }: KeyedSpec): string[] {
  const name = make.pick(keywords);
  const value = sampleOf(make, shape);
  const asHash = [`${name}_commit: ${value}`, `"${name}": {"sha256": "${value}"}`];
  return [
    ...(/^[A-Za-z0-9+/=-]{1,200}$/.test(value) ? asHash : []),
    `see https://example.com/${name}/${value}`,
    `${name}@${value}`,
    `"src/${name}.py": "${value}"`,
    `${value} ${name}`,
    `${name.toUpperCase()}_API_KEY=\nUNRELATED_API_KEY=${value}`,
    ...filled(unseen, () => sampleOf(make, shape)).map(({ text }) => text),
  ];
}

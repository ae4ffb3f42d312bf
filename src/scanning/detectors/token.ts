import type { Check, Detector, Example, Examples, Family } from '../detector.ts';
import type { Maker } from './maker.ts';
import { type Shape, seq } from './shape.ts';

/**
 * Before a token: no letter, digit or `_`, unless it is the end of an escape: `\n`, `%3D`, `\u0022`, `\x1b`.
 * 6 bytes of look-behind at most.
 */
export const BEFORE = String.raw`(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbfv])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\x[0-9A-Fa-f]{2}))`;

interface TokenSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly family: Family;
  /** Begins every such token, exactly as written; at least 3 bytes. */
  readonly prefix: string;
  readonly body: Shape | string;
  /** Characters that may not follow; by default those that would make the token longer. */
  readonly notAfter?: string;
  /** `anywhere` for tokens shorter than 16 bytes, or with characters outside `[A-Za-z0-9_+/.=~:-]`. */
  readonly search?: 'prefix' | 'anywhere';
  readonly confidence?: Detector['confidence'];
  check?(value: string): Check | undefined;
  readonly source: string;
  /** `contextual` or `generic` for a prefix that several providers share. */
  readonly kind?: Detector['kind'];
  /** Texts in which it is met, with `{}` in the place of the value. */
  readonly seen?: readonly string[];
  /** Texts with the same prefix that are something else. */
  readonly unseen?: readonly string[];
  /** Besides those made from the shape. */
  more?(make: Maker): Partial<Examples>;
}

/** A credential that its own prefix identifies. */
export function token(spec: TokenSpec): Detector {
  const { id, provider, title, family, prefix, body, notAfter = 'A-Za-z0-9_', search = 'prefix', source } = spec;
  const whole = seq(prefix, body);
  const { check } = spec;
  let pattern: RegExp | undefined;
  return {
    id,
    provider,
    title,
    family,
    kind: spec.kind ?? 'structured',
    search,
    anchors: [prefix.toLowerCase()],
    // When it is first read: all of them at once would double the start of a hook.
    get pattern() {
      pattern ??= new RegExp(`${BEFORE}(?<value>${whole.source})(?![${notAfter}])`);
      return pattern;
    },
    reach: whole.most,
    confidence: spec.confidence ?? 'high',
    ...(check === undefined ? {} : { check: (value: string) => check(value) }),
    source,
    examples(make) {
      const more = spec.more?.(make) ?? {};
      return {
        positive: [...tokenExamples(make, whole), ...filled(spec.seen ?? [], () => whole.sample(make)), ...(more.positive ?? [])],
        negative: [
          prefix,
          `${prefix}${'x'.repeat(40)}`,
          `my${whole.sample(make)}`,
          ...(spec.unseen ?? []),
          ...(more.negative ?? []),
        ],
      };
    },
  };
}

/** Examples from texts with `{}` in the place of the value. */
export function filled(texts: readonly string[], sample: () => string): Example[] {
  return texts.map((text) => {
    const value = sample();
    return { text: text.replace('{}', () => value), value };
  });
}

/** The places in which tokens are met. */
function tokenExamples(make: Maker, shape: Shape): Example[] {
  const surroundings: readonly ((value: string) => string)[] = [
    (value) => value,
    (value) => `token = "${value}"\n`,
    (value) => `export API_TOKEN=${value}\nrun`,
    (value) => `{"a": {"key":"${value}"}, "b": 1}`,
    (value) => `curl -H 'Authorization: Bearer ${value}' https://api.example.com/v1`,
    (value) => String.raw`"source": ["x\n", "key = \"${value}\"\n"]`,
  ];
  return surroundings.map((surround) => {
    const value = shape.sample(make);
    return { text: surround(value), value };
  });
}

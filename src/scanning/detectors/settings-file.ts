import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password, QUOTE } from './anchored.ts';
import type { Maker } from './maker.ts';

export interface SettingSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  /** What begins every match; also the pattern's beginning, without regard to case. */
  readonly names: readonly string[];
  /** Between the name and the value; by default an assignment. */
  readonly assigned?: string;
  /** Characters of a bare or quoted value. */
  readonly value?: string;
  readonly least?: number;
  readonly most?: number;
  readonly sample?: (make: Maker) => string;
  readonly seen: readonly ((value: string) => string)[];
  readonly unseen: readonly string[];
  readonly kind?: Detector['kind'];
  readonly family?: Detector['family'];
  readonly confidence?: Detector['confidence'];
  readonly check?: Detector['check'];
  readonly source: string;
}

const ASSIGNED = String.raw`${QUOTE}\]?\s{0,8}(?:=>|:=|[:=])[ \t]{0,8}${QUOTE}`;

/** A password behind a name that only one program's configuration has. */
export function settingsFile(spec: SettingSpec): Detector {
  const {
    id,
    provider,
    title,
    names,
    source,
    assigned = ASSIGNED,
    value = String.raw`(?:[^\s"'\x60\\<>,;&]|&(?![\w-]{1,32}=))`,
    least = 3,
    most = 128,
  } = spec;
  const { kind = 'contextual', family = 'configuration-files', confidence = 'medium', sample = password } = spec;
  return anchored({
    id,
    provider,
    title,
    family,
    kind,
    confidence,
    anchors: names.map((name) => name.toLowerCase()),
    pattern: () => {
      const spelled = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
      return new RegExp(
        `(?<![A-Za-z0-9])(?:${spelled})${assigned}${LITERAL}(?<value>${value}{${least},${most}})(?=\\\\{0,3}["'\`<]|\\\\[nr]|[\\s,;&})]|$)`,
        'i',
      );
    },
    reach: Math.max(...names.map(({ length }) => length)) + 120 + most,
    ...(spec.check === undefined ? {} : { check: spec.check }),
    source,
    positive: around(sample, ...spec.seen),
    negative: () => spec.unseen,
  });
}

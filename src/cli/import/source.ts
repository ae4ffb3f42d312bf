import type { JsonObject } from '../../foundation/exact-json.ts';

/** Something about a line of a file; says what, never which value. */
export interface Remark {
  readonly line: number;
  readonly text: string;
}

/** What a file holds, ready to be stored. `problems` are lines that are not in `data`; `notes` are oddities that are. */
export interface ParsedSource {
  readonly data: JsonObject;
  readonly notes: readonly Remark[];
  readonly problems: readonly Remark[];
}

export const sourceTypes = ['env', 'json', 'yaml'] as const;
export type SourceType = (typeof sourceTypes)[number];

/** By its name; undefined where the name does not tell. */
export function sourceType(fileName: string): SourceType | undefined {
  if (/(^|\.)env(\.|$)/i.test(fileName) && !/\.(json|ya?ml)$/i.test(fileName)) return 'env';
  if (/\.json$/i.test(fileName)) return 'json';
  return /\.ya?ml$/i.test(fileName) ? 'yaml' : undefined;
}

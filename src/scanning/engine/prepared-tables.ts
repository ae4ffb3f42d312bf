import type { Detector } from '../detector.ts';

/** The kernel's memory as its constructor leaves it. */
export interface KernelImage {
  /** From the first of its tables to the last byte of the anchors. */
  readonly bytes: Uint8Array;
  /** What `configure` was told. */
  readonly farthest: number;
}

/** What a scanner otherwise computes from its detectors when it is made, which takes longer than scanning a commit. */
export interface PreparedTables {
  /** Only `wasm` has one; the scalar engine computes its own. */
  readonly image: KernelImage;
  /** For every anchor the detectors that wait for it: positions in the list, rising. */
  readonly waiting: readonly (readonly number[])[];
  /** The largest `reach` and `lead` together. */
  readonly extent: number;
}

const known = new WeakMap<readonly Detector[], () => PreparedTables>();

/** Scanners of this very list are made from these tables. */
export function prepare(detectors: readonly Detector[], tables: () => PreparedTables): void {
  known.set(detectors, tables);
}

/** Undefined for every list that nothing was prepared for. */
export function preparedFor(detectors: readonly Detector[]): PreparedTables | undefined {
  return known.get(detectors)?.();
}

export interface BenchResult {
  /** Measured against an anchor of the same run: what may be compared between machines. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
}

/** Default export of `test/bench/NAME.ts`. `args` are what follows the name on the command line. */
export type Bench = (args: readonly string[]) => Promise<BenchResult>;

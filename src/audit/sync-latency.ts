const KEPT = 1024;

/** Durations of the last 1,024 syncs, in milliseconds. */
export class SyncLatency {
  readonly #durations = new Float64Array(KEPT);
  count = 0;

  add(milliseconds: number): void {
    this.#durations[this.count % KEPT] = milliseconds;
    this.count += 1;
  }

  percentiles(): { readonly p50: number; readonly p99: number } {
    const sorted = this.#durations.slice(0, Math.min(this.count, KEPT)).sort();
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }
}

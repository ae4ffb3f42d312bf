import type { OperationName } from '../access/operation-types.ts';
import type { ErrorCode } from '../foundation/errors.ts';

/** Upper bounds in seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

interface Series {
  readonly counts: number[];
  sum: number;
  total: number;
}

/** One number read when the metrics are asked for. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  read(): number;
}

/** Counts requests by operation and outcome. Labels are names from our own catalogues, so their number is bounded. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<OperationName, Series>();
  readonly #gauges: readonly Gauge[];

  constructor(gauges: readonly Gauge[]) {
    this.#gauges = gauges;
  }

  observe = (operation: OperationName): ((outcome: ErrorCode | 'success') => void) => {
    const started = performance.now();
    return (outcome) => {
      const labels = `operation="${operation}",outcome="${outcome}"`;
      this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
      this.#record(operation, (performance.now() - started) / 1000);
    };
  };

  /** Prometheus text format 0.0.4. */
  print(): string {
    const lines = [
      '# HELP watchword_requests_total Requests by operation and outcome.',
      '# TYPE watchword_requests_total counter',
    ];
    for (const [labels, count] of this.#requests) lines.push(`watchword_requests_total{${labels}} ${count}`);
    lines.push(
      '# HELP watchword_request_duration_seconds Time from the door to the answer, waiting for the log included.',
      '# TYPE watchword_request_duration_seconds histogram',
    );
    for (const [operation, series] of this.#durations) lines.push(...histogram(operation, series));
    for (const { name, help, type, read } of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${read()}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #record(operation: OperationName, seconds: number): void {
    let series = this.#durations.get(operation);
    if (series === undefined) {
      series = { counts: BUCKETS.map(() => 0), sum: 0, total: 0 };
      this.#durations.set(operation, series);
    }
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
    series.total += 1;
  }
}

function histogram(operation: OperationName, { counts, sum, total }: Series): string[] {
  const name = 'watchword_request_duration_seconds';
  let below = 0;
  const lines = BUCKETS.map((bound, index) => {
    below += counts[index] ?? 0;
    return `${name}_bucket{operation="${operation}",le="${bound}"} ${below}`;
  });
  return [
    ...lines,
    `${name}_bucket{operation="${operation}",le="+Inf"} ${total}`,
    `${name}_sum{operation="${operation}"} ${sum.toFixed(6)}`,
    `${name}_count{operation="${operation}"} ${total}`,
  ];
}

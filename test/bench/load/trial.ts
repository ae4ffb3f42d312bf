import { generate, type Load, type Measured } from './generator.ts';
import { cpuSeconds } from './machine.ts';

export interface Trial extends Measured {
  readonly rate: number;
  /** Of the server, microseconds per request. */
  readonly cpu: number;
}

/** One load; says what came of it. @throws Error when a request failed */
export async function trial(name: string, pid: number | undefined, load: Load): Promise<Trial> {
  const linux = process.platform === 'linux' && pid !== undefined;
  const before = linux ? cpuSeconds(pid) : Number.NaN;
  const measured = await generate(load);
  const cpu = ((linux ? cpuSeconds(pid) : Number.NaN) - before) * (1e6 / measured.requests);
  const rate = measured.requests / measured.seconds;
  console.log(`${name}: ${Math.round(rate)}/s, ${cpu.toFixed(1)} µs CPU, p50 ${measured.p50} ms, p99 ${measured.p99} ms`);
  if (measured.failed > 0) throw new Error(`${measured.failed} of ${measured.requests} requests failed`);
  return { ...measured, rate, cpu };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function rounded(value: number, unit: string): { readonly value: number; readonly unit: string } {
  return { value: Number(value.toPrecision(4)), unit };
}

import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Of the kernel's accounting; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time that a process has spent so far, in seconds, all threads together. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The process name may hold spaces; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MiB; `RssAnon` is what no file is mapped to. */
export function residentMiB(pid: number, kind: 'VmRSS' | 'RssAnon' = 'VmRSS'): number {
  const kib = new RegExp(`^${kind}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

/** Median of appending 4 KiB to a file of this directory and making it durable, in milliseconds. */
export function syncLatency(directory: string): number {
  const path = join(directory, 'sync-latency');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  const took: number[] = [];
  for (let i = 0; i < 200; i++) {
    writeSync(file, block);
    const began = performance.now();
    fdatasyncSync(file);
    took.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(path);
  return median(took);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

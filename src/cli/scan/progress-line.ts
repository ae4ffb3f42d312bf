import { counted, sizeText } from '../../scanning/reports/printable.ts';
import type { Progress } from '../../scanning/sighting.ts';
import { progressBar } from '../audit/progress-bar.ts';
import type { Output } from '../terminal.ts';

const QUIET_MS = 500;
const STEP_MS = 100;

interface ProgressLine {
  /** Shows how far it is; cheap, may be called for every result. */
  update(): void;
  /** Takes it off the screen. */
  clear(): void;
}

/** A bar where the number of files is known, otherwise counts; nothing unless on a terminal, and nothing for short scans. */
export function progressLine(output: Output, progress: Progress): ProgressLine {
  if (!output.isTerminal) return { update() {}, clear() {} };
  const bar = progressBar(output);
  let next = performance.now() + QUIET_MS;
  let width = 0;
  const counts = (): void => {
    const now = performance.now();
    if (now < next) return;
    next = now + STEP_MS;
    const text = `${counted(progress.files, 'file')}, ${sizeText(progress.bytes)}`;
    output.write(`\r${text.padEnd(width)}`);
    width = text.length;
  };
  const update = (): void => {
    if (progress.expectedFiles > 0)
      bar.update(Math.min(progress.files + progress.known, progress.expectedFiles), progress.expectedFiles);
    else counts();
  };
  const timer = setInterval(update, STEP_MS);
  timer.unref();
  return {
    update,
    clear() {
      clearInterval(timer);
      bar.clear();
      if (width > 0) output.write(`\r${' '.repeat(width)}\r`);
    },
  };
}

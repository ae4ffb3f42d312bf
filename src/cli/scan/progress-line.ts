import { counted, sizeText } from '../../scanning/reports/printable.ts';
import type { Progress } from '../../scanning/sighting.ts';
import { progressBar } from '../audit/progress-bar.ts';
import { STEP_MS, statusLine } from '../status-line.ts';
import type { Output } from '../terminal.ts';

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
  const counts = statusLine(output);
  const update = (): void => {
    if (progress.expectedFiles > 0)
      bar.update(Math.min(progress.files + progress.known, progress.expectedFiles), progress.expectedFiles);
    else counts.show(() => `${counted(progress.files, 'file')}, ${sizeText(progress.bytes)}`);
  };
  const timer = setInterval(update, STEP_MS);
  timer.unref();
  return {
    update,
    clear() {
      clearInterval(timer);
      bar.clear();
      counts.clear();
    },
  };
}

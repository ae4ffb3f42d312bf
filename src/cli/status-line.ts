import type { Output } from './terminal.ts';

/** Nothing is shown of what is done sooner. */
const QUIET_MS = 500;
/** Milliseconds between two changes of what is shown. */
export const STEP_MS = 100;

interface StatusLine {
  /** Replaces what is shown; `text` is only made when it is time. Cheap, may be called at every step. */
  show(text: () => string): void;
  /** Takes it off the screen. */
  clear(): void;
}

/** One line on a terminal that says how far something is, once it takes longer than half a second; nothing anywhere else. */
export function statusLine(output: Output): StatusLine {
  if (!output.isTerminal) return { show() {}, clear() {} };
  let next = performance.now() + QUIET_MS;
  let width = 0;
  return {
    show(text) {
      const now = performance.now();
      if (now < next) return;
      next = now + STEP_MS;
      const line = text();
      output.write(`\r${line.padEnd(width)}`);
      width = Math.max(width, line.length);
    },
    clear() {
      if (width > 0) output.write(`\r${' '.repeat(width)}\r`);
    },
  };
}

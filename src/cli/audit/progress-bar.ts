import type { Output } from '../terminal.ts';

const WIDTH = 30;
const QUIET_MS = 500;
const STEP_MS = 100;

/** A bar on a terminal, once something takes longer than half a second; nothing anywhere else. */
export function progressBar(output: Output): {
  readonly update: (done: number, total: number) => void;
  readonly clear: () => void;
} {
  if (!output.isTerminal) return { update() {}, clear() {} };
  let next = performance.now() + QUIET_MS;
  let shown = false;
  return {
    update(done, total) {
      const now = performance.now();
      if (now < next) return;
      next = now + STEP_MS;
      shown = true;
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * WIDTH);
      output.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %`);
    },
    clear() {
      if (shown) output.write(`\r${' '.repeat(WIDTH + 8)}\r`);
    },
  };
}

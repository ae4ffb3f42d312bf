import { statusLine } from '../status-line.ts';
import type { Output } from '../terminal.ts';

const WIDTH = 30;

/** A bar on a terminal, once something takes longer than half a second; nothing anywhere else. */
export function progressBar(output: Output): {
  readonly update: (done: number, total: number) => void;
  readonly clear: () => void;
} {
  const line = statusLine(output);
  return {
    update(done, total) {
      line.show(() => {
        const share = total === 0 ? 1 : done / total;
        const filled = Math.round(share * WIDTH);
        return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %`;
      });
    },
    clear: () => line.clear(),
  };
}

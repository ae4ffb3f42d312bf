import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Anchor = Awaited<ReturnType<typeof startAnchor>>;

/** The bare server of `anchor.ts` in a process of its own; `--list` makes it accept LIST. */
export async function startAnchor(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'anchor.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${String(port).trim()}`, pid: child.pid, stop: () => void child.kill() };
}

import { request } from 'node:http';
import { WatchwordError } from '../../foundation/errors.ts';

/** Where agents listen unless they are told otherwise. */
export const SLURM_SOCKET = '/run/watchword/slurm.sock';

const TIMEOUT_MS = 20_000;
const MAX_ANSWER = 65_536;

/** Asks the agent of this node. @throws WatchwordError `client.usage` with the agent's own words, or where it does not answer */
export function askAgent(socketPath: string, path: string, body: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const fail = () =>
      reject(new WatchwordError('client.usage', `No SLURM agent answers at ${socketPath}.`, { where: socketPath }));
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const asked = request(
      { socketPath, path, method: 'POST', headers: { 'Content-Type': 'application/json' }, signal },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_ANSWER) asked.destroy();
        });
        answer.on('error', fail);
        answer.on('end', () => {
          try {
            const value = JSON.parse(text) as Record<string, unknown>;
            if (answer.statusCode === 200) resolve(value);
            else reject(new WatchwordError('client.usage', `The SLURM agent refused: ${String(value['error'])}`));
          } catch {
            fail();
          }
        });
      },
    );
    asked.on('error', fail);
    asked.end(JSON.stringify(body));
  });
}

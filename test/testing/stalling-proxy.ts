import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a server of the loopback interface, and can fall silent as a network does: nothing is closed, nothing comes through. */
export interface StallingProxy {
  readonly port: number;
  /** In every connection: at once, or after so many more pieces from the client. */
  stall(after?: number): void;
  resume(): void;
  close(): Promise<void>;
}

export async function startStallingProxy(to: number): Promise<StallingProxy> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (from === near) left -= 1;
        // The answer to the last piece still comes through.
        if (left >= 0) into.write(bytes);
      });
      from.on('error', () => into.destroy());
      from.on('close', () => {
        sockets.delete(from);
        into.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stall(after = 0) {
      left = after === 0 ? -1 : after;
    },
    resume() {
      left = Number.POSITIVE_INFINITY;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

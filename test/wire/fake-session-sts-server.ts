import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeSessionSts } from '../testing/fake-session-sts.ts';

/** The fake STS behind a port, for servers that run in a process of their own. */
export async function startFakeSessionSts() {
  const sts = new FakeSessionSts();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const url = `http://${request.headers.host}${request.url}`;
      const answer = await sts.request({ url, method: 'POST', headers, body: Buffer.concat(chunks).toString() } as never);
      response.writeHead(answer.status, { 'Content-Type': 'text/xml' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: sts.keys,
    close: async () => void server.close(),
  };
}

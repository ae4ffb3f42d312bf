import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeSts, type TestPrincipal, testPrincipal } from '../../src/identity/methods/testing/fake-sts.ts';

/** AWS's STS in the place of which stands our fake, over HTTP on the loopback interface. */
export interface StsServer {
  readonly url: string;
  readonly principal: TestPrincipal;
  stop(): Promise<void>;
}

export async function startFakeSts(): Promise<StsServer> {
  const sts = new FakeSts();
  const principal = testPrincipal('trainer');
  sts.principals.push(principal);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = sts.answer({ headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status, { 'Content-Type': answer.headers['content-type'] ?? '' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    principal,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

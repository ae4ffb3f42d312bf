import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeSts, type TestPrincipal, testPrincipal } from '../../src/identity/methods/testing/fake-sts.ts';

/** In the place of AWS's STS our fake, over HTTP on the loopback interface. */
export interface StsServer {
  readonly url: string;
  /** A session of the role `trainer`. `GET /session` gives another one of the same role, as JSON. */
  readonly principal: TestPrincipal;
  /** Requests so far. */
  asked(): number;
  close(): Promise<void>;
}

export async function startFakeSts(): Promise<StsServer> {
  const sts = new FakeSts();
  const principal = testPrincipal('trainer');
  sts.principals.push(principal);
  let asked = 0;
  const session = () => {
    const made = { ...testPrincipal('trainer'), arn: principal.arn, userId: principal.userId };
    sts.principals.push(made);
    return JSON.stringify(made);
  };
  const server = createServer(async (request, response) => {
    if (request.url === '/session') return response.end(session());
    asked += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = sts.answer({ headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status, { 'Content-Type': answer.headers['content-type'] ?? '' });
    return response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    principal,
    asked: () => asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

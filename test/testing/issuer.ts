import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { TestIssuer } from '../../src/identity/jwt/testing/test-issuer.ts';

/** An issuer of JWTs on the loopback interface: discovery, keys, and `/sign`, which signs whatever claims it is sent. */
export interface IssuerServer {
  readonly url: string;
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

/** Fake, after the documented schema of authentication.k8s.io/v1: an API server that believes every token and reads its claims. */
export interface FakeApiServer {
  readonly url: string;
  /** PEM of the authority that it is known by. */
  readonly ca: string;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<IssuerServer> {
  let issuer: TestIssuer | undefined;
  const sign = async (claims: Readonly<Record<string, unknown>>) => {
    const now = Math.floor(Date.now() / 1000);
    return (await issuer?.sign({ iss: issuer.issuer, iat: now, exp: now + 300, ...claims }))?.text ?? '';
  };
  const server = createServer(async (request, response) => {
    if (request.url === '/sign') return response.end(await sign(JSON.parse(await bodyOf(request))));
    if (request.url === '/.well-known/openid-configuration') {
      return answer(response, { issuer: issuer?.issuer, jwks_uri: `${issuer?.issuer}/keys` });
    }
    // Below it as well: an account's own keys.
    return answer(response, issuer?.jwks);
  });
  const url = `http://${await listen(server)}`;
  issuer = await TestIssuer.create({ issuer: url, algorithm: 'RS256' });
  return { url, sign, close: () => closed(server) };
}

export async function startFakeApiServer(): Promise<FakeApiServer> {
  const { key, cert } = selfSigned();
  const review: RequestListener = async (request, response) => {
    const wanted = request.method === 'POST' && request.url === '/apis/authentication.k8s.io/v1/tokenreviews';
    if (!wanted || request.headers.authorization !== 'Bearer reviewer') return answer(response, { kind: 'Status' }, 403);
    const { spec } = JSON.parse(await bodyOf(request));
    const claims = JSON.parse(Buffer.from(spec.token.split('.')[1], 'base64url').toString());
    const { uid } = claims['kubernetes.io'].serviceaccount;
    const audiences = [claims.aud].flat().filter((audience: string) => spec.audiences.includes(audience));
    const status = { authenticated: true, user: { username: claims.sub, uid }, audiences };
    return answer(response, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec, status }, 201);
  };
  const server = createTlsServer({ key, cert }, review);
  return { url: `https://${await listen(server)}`, ca: cert, close: () => closed(server) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** On a free port; gives host and port. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

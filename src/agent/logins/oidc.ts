import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerRefusal } from '../../client/refusal.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { missing } from '../surroundings.ts';
import type { Login, LoginContext } from './login.ts';

const WAIT_MS = 5 * 60_000;

export const oidcLogin: Login = {
  kind: 'oidc',
  summary: 'in the browser; device=true shows a code for another device instead (port=8250 for the answer)',
  logIn: (context) => (context.words['device'] === 'true' ? onAnotherDevice(context) : inTheBrowser(context)),
};

async function inTheBrowser({ post, words, tell, on }: LoginContext): Promise<JsonObject> {
  const { role, port = '8250' } = words;
  const clientNonce = randomBytes(20).toString('base64url');
  await using listener = await listen(Number(port));
  const begun = await post('oidc/auth_url', {
    ...(role === undefined ? {} : { role }),
    redirect_uri: `http://localhost:${listener.port}/oidc/callback`,
    client_nonce: clientNonce,
  });
  const url = isJsonObject(begun['data']) ? begun['data']['auth_url'] : undefined;
  if (typeof url !== 'string' || url === '') missing('The server gave no address to log in at.');
  tell(`Log in with your browser. If none opens, go to:\n\n    ${url}\n`);
  openBrowser(url, on.env);
  const answer = await listener.answer;
  return post('oidc/callback', { ...answer, client_nonce: clientNonce });
}

async function onAnotherDevice({ post, words, tell }: LoginContext): Promise<JsonObject> {
  const clientNonce = randomBytes(20).toString('base64url');
  const { role } = words;
  const { data } = await post('oidc/device', { ...(role === undefined ? {} : { role }), client_nonce: clientNonce });
  if (!isJsonObject(data) || typeof data['state'] !== 'string') return missing('The server let no device log in.');
  const { state, user_code, verification_uri, verification_uri_complete, poll_interval } = data;
  tell(`On any device, go to ${String(verification_uri)} and enter the code ${String(user_code)}.`);
  if (typeof verification_uri_complete === 'string') tell(`Or open ${verification_uri_complete}`);
  const body = { state, client_nonce: clientNonce };
  const wait = Math.max(1, Number(poll_interval) || 5) * 1000;
  for (;;) {
    await pause(wait);
    const auth = await post('oidc/poll', body).catch(pendingOnly);
    if (auth !== undefined) return auth;
  }
}

function pendingOnly(error: unknown): undefined {
  if (error instanceof ServerRefusal && error.message.includes('authorization_pending')) return undefined;
  throw error;
}

interface Listener extends AsyncDisposable {
  readonly port: number;
  /** What the provider sent along with the browser. */
  readonly answer: Promise<JsonObject>;
}

/** Waits on the loopback interface for the browser to come back, once. */
async function listen(port: number): Promise<Listener> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
  promise.catch(() => {});
  const server = createServer((request, response) => receive(request, response, resolve));
  await new Promise<void>((ready, fail) => {
    server.once('error', () => fail(new WatchwordError('client.usage', `Port ${port} is in use: say another with port=NUMBER.`)));
    server.listen(port, 'localhost', ready);
  });
  const late = setTimeout(() => reject(new WatchwordError('client.usage', 'Nobody logged in within five minutes.')), WAIT_MS);
  return {
    port: (server.address() as AddressInfo).port,
    answer: promise,
    async [Symbol.asyncDispose]() {
      clearTimeout(late);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function receive(request: IncomingMessage, response: ServerResponse, resolve: (answer: JsonObject) => void): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const found = url.pathname === '/oidc/callback' && request.method === 'GET';
  response.writeHead(found ? 200 : 404, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
  });
  response.end(
    found ? '<!doctype html><title>Watchword</title><p>Done. You may close this window and return to the terminal.' : '',
  );
  if (!found) return;
  const entries = ['state', 'code', 'error'].flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  resolve(Object.fromEntries(entries));
}

function openBrowser(url: string, env: LoginContext['on']['env']): void {
  const opener = env['BROWSER'] || (process.platform === 'darwin' ? 'open' : 'xdg-open');
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  // The address was shown: whoever has no browser here opens it elsewhere.
  child.on('error', () => {});
  child.unref();
}

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** The client that a Watchword server is to it. */
export interface OpenIdClient {
  readonly id: string;
  readonly secret: string;
}

/** A real OpenID provider (the package oidc-provider) where everybody who asks is logged in as one person. */
export interface OpenIdProvider {
  readonly issuer: string;
  readonly client: OpenIdClient;
  /** Who logs in next; with `undefined` she refuses. */
  person: { readonly id: string; readonly claims: Readonly<Record<string, unknown>> } | undefined;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the package has no types.
type Untyped = any;

export async function startOpenIdProvider(redirectUris: readonly string[]): Promise<OpenIdProvider> {
  const { Provider } = createRequire(import.meta.url)('oidc-provider') as Untyped;
  const client = { id: 'watchword', secret: randomBytes(24).toString('base64url') };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(
    issuer,
    configuration(client, redirectUris, () => world.person),
  );
  const world: OpenIdProvider = {
    issuer,
    client,
    person: { id: 'ada', claims: { email: 'ada@example.org', groups: ['vision', 'admins'] } },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, request, response, world.person?.id);
    else answer(request, response);
  });
  return world;
}

function configuration(client: OpenIdClient, redirectUris: readonly string[], person: () => OpenIdProvider['person']) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: redirectUris,
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        application_type: 'native',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }] },
    claims: { openid: ['sub'], profile: ['email', 'groups'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...person()?.claims }),
    }),
  };
}

/** Whoever is asked, says yes: logs in as the person, and lets the client have what it asks for. */
async function interact(provider: Untyped, request: IncomingMessage, response: ServerResponse, person: string | undefined) {
  const details = await provider.interactionDetails(request, response);
  if (person === undefined) {
    return provider.interactionFinished(request, response, { error: 'access_denied' }, { mergeWithLastSubmission: false });
  }
  if (details.prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: person } }, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

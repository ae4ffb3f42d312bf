import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';

/** Whom the provider believes. */
export interface Trust {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  keySet(): Promise<JSONWebKeySet>;
}

/**
 * A real OAuth server (the package oidc-provider) with a public client, whose two grants take a token of a trusted issuer: RFC 8693, and
 * RFC 7523. What it gives ends with what it was shown.
 */
export interface FederatedProvider {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly ca: string;
  /** What was shown, in order. */
  readonly shown: JWTPayload[];
  /** Whether a token is good, and for what, by RFC 7662. */
  introspect(token: string): Promise<{ readonly active: boolean; readonly scope?: string }>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the package has no types.
type Untyped = any;

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const resourceServer = { id: 'models', secret: randomBytes(24).toString('base64url') };

export async function startFederatedProvider(trust: Trust): Promise<FederatedProvider> {
  const { Provider, errors } = createRequire(import.meta.url)('oidc-provider') as Untyped;
  const { cert, key } = selfSigned();
  const server = createServer({ cert, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration());
  const shown: JWTPayload[] = [];
  const grant = async (context: Untyped) => {
    const { params, client } = context.oidc;
    const payload = await believed(params.subject_token ?? params.assertion, trust, errors);
    shown.push(payload);
    const extra = { sub: payload.sub, lifetime: Number(payload.exp) - Math.floor(Date.now() / 1000) };
    const token = new provider.ClientCredentials({ client, scope: params.scope, extra });
    context.body = {
      access_token: await token.save(),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: token.expiration,
      ...(params.scope === undefined ? {} : { scope: params.scope }),
    };
  };
  provider.registerGrantType(EXCHANGE, grant, ['subject_token', 'subject_token_type', 'scope', 'audience']);
  provider.registerGrantType(BEARER, grant, ['assertion', 'scope']);
  server.on('request', provider.callback());
  const network = await import('../../src/foundation/node-network.ts');
  return {
    tokenUrl: `${issuer}/token`,
    clientId: 'watchword',
    ca: cert,
    shown,
    async introspect(token) {
      const { body } = await network.nodeNetwork.request({
        url: `${issuer}/token/introspection`,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`${resourceServer.id}:${resourceServer.secret}`).toString('base64')}`,
        },
        body: new URLSearchParams({ token }).toString(),
        ca: cert,
        allowPrivate: true,
        maxBytes: 65_536,
        timeoutMs: 10_000,
      });
      return JSON.parse(body.toString('utf8'));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function believed(token: string | undefined, trust: Trust, errors: Untyped): Promise<JWTPayload> {
  try {
    const { issuer, audience, subject } = trust;
    const keys = createLocalJWKSet(await trust.keySet());
    const { payload } = await jwtVerify(token ?? '', keys, { issuer, audience, subject, requiredClaims: ['exp', 'iat', 'jti'] });
    return payload;
  } catch (error) {
    throw new errors.InvalidGrant(`it is not believed: ${token}`, error);
  }
}

function configuration() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [
      {
        client_id: 'watchword',
        token_endpoint_auth_method: 'none',
        grant_types: [EXCHANGE, BEARER],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: resourceServer.id,
        client_secret: resourceServer.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['models.read', 'models.write'],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }] },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true }, introspection: { enabled: true } },
    ttl: { ClientCredentials: (_context: unknown, token: Untyped) => token.extra?.lifetime ?? 60 },
    cookies: { keys: [randomBytes(16).toString('hex')] },
  };
}

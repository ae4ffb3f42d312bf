import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import type { IssuerSettings } from '../issuer-settings.ts';

/** A key pair of an issuer, made at run time. */
export interface TestKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  /** As the issuer publishes it. */
  readonly jwk: JWK;
}

export async function makeTestKey(kid = 'first', algorithm = 'ES256'): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { kid, algorithm, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } };
}

export interface TestIssuerOptions {
  /** Issuer and base of the URLs. */
  readonly issuer?: string;
  readonly kid?: string;
  readonly algorithm?: string;
}

/** Somebody else's issuer with its keys: signs whatever it is told to. */
export class TestIssuer {
  readonly issuer: string;
  /** What it publishes; the first one signs. */
  readonly keys: TestKey[];

  private constructor(issuer: string, keys: TestKey[]) {
    this.issuer = issuer;
    this.keys = keys;
  }

  static async create({ issuer = 'https://issuer.example', kid, algorithm }: TestIssuerOptions = {}): Promise<TestIssuer> {
    return new TestIssuer(issuer, [await makeTestKey(kid, algorithm)]);
  }

  get key(): TestKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error('the issuer has no key');
    return key;
  }

  get jwks(): { readonly keys: readonly JWK[] } {
    return { keys: this.keys.map(({ jwk }) => jwk) };
  }

  /** Keys by discovery. */
  get settings(): IssuerSettings {
    return { issuer: this.issuer, keys: { from: 'discovery' }, algorithms: [this.key.algorithm], internal: false };
  }

  /** Keys given by hand: nobody needs to be asked. */
  get staticSettings(): IssuerSettings {
    return { ...this.settings, keys: { from: 'static', jwks: JSON.stringify(this.jwks) } };
  }

  /** Exactly these claims. The header names the key; `header` adds to it, and takes away what it sets to undefined. */
  async sign(claims: JsonObject, header: JsonObject = {}, key: TestKey = this.key): Promise<Secret> {
    const protectedHeader = Object.fromEntries(
      Object.entries({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header }).filter(([, value]) => value !== undefined),
    );
    return Secret.fromText(await new SignJWT(claims).setProtectedHeader(protectedHeader as { alg: string }).sign(key.privateKey));
  }
}

/** Answers for issuers as their servers would: discovery at `/.well-known/openid-configuration`, keys at `/keys`. */
export class IssuerNetwork implements Network {
  /** Paths that were asked for, oldest first. */
  readonly requests: OutgoingRequest[] = [];
  /** Instead of the issuers, while it is set. */
  instead: ((request: OutgoingRequest) => Promise<OutgoingAnswer>) | undefined;
  readonly #issuers: readonly TestIssuer[];

  constructor(...issuers: readonly TestIssuer[]) {
    this.#issuers = issuers;
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    if (this.instead !== undefined) return await this.instead(request);
    for (const { issuer, jwks } of this.#issuers) {
      if (request.url === `${issuer}/keys`) return jsonAnswer(jwks);
      if (request.url === `${issuer}/.well-known/openid-configuration`) {
        return jsonAnswer({ issuer, jwks_uri: `${issuer}/keys` });
      }
    }
    return { status: 404, headers: {}, body: Buffer.alloc(0) };
  }

  /** How often keys were asked for. */
  get keyRequests(): number {
    return this.requests.filter(({ url }) => url.endsWith('/keys')).length;
  }
}

export function jsonAnswer(value: unknown, status = 200): OutgoingAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

/** A network without answers. */
export async function unreachable(): Promise<never> {
  throw Object.assign(new Error('nobody answers'), { code: 'ECONNREFUSED' });
}

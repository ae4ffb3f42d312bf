import { isJsonObject } from '../../foundation/exact-json.ts';
import type { Network } from '../../foundation/ports.ts';
import type { IssuerSettings } from './issuer-settings.ts';
import { type ParsedKeys, parseJwks } from './key-set-text.ts';

const LARGEST = 256 * 1024;
const TIMEOUT_MS = 4_000;
const DISCOVERY = '/.well-known/openid-configuration';
/** Where an issuer keeps its keys hardly ever changes; asking each time would double the requests. */
const DISCOVERED_FOR_MS = 60 * 60_000;

class KeySourceError extends Error {
  override readonly name = 'KeySourceError';
  readonly code: string;
  constructor(code: string) {
    super('the keys of an issuer cannot be used as they came');
    this.code = code;
  }
}

/** Asks an issuer for its keys: one request, and another where it must be discovered first. */
export class KeySource {
  readonly #network: Network;
  readonly #settings: IssuerSettings;
  #discovered: { readonly url: string; readonly at: number } | undefined;

  constructor(network: Network, settings: IssuerSettings) {
    this.#network = network;
    this.#settings = settings;
  }

  /** @throws Error whose `code` says what failed */
  async fetch(now: number): Promise<ParsedKeys> {
    const url = await this.#jwksUrl(now);
    try {
      return parseJwks(await this.#get(url)) ?? fail('keys.no-set');
    } catch (error) {
      // Perhaps they have moved: look again next time.
      this.#discovered = undefined;
      throw error;
    }
  }

  async #jwksUrl(now: number): Promise<string> {
    const { keys, issuer, discoveryIssuer = issuer } = this.#settings;
    if (keys.from === 'jwks') return keys.url;
    if (keys.from === 'static') return fail('keys.static');
    const known = this.#discovered;
    if (known !== undefined && now >= known.at && now - known.at < DISCOVERED_FOR_MS) return known.url;
    const document = parsedObject(await this.#get(discoveryUrl(keys.url ?? issuer)));
    if (document?.['issuer'] !== discoveryIssuer) return fail('discovery.issuer');
    const url = document['jwks_uri'];
    if (typeof url !== 'string') return fail('discovery.jwks-uri');
    this.#discovered = { url, at: now };
    return url;
  }

  async #get(url: string): Promise<string> {
    const { caPem, internal } = this.#settings;
    const { status, body } = await this.#network.request({
      url,
      method: 'GET',
      headers: { accept: 'application/json' },
      ca: caPem,
      allowPrivate: internal,
      allowPlain: internal,
      maxBytes: LARGEST,
      timeoutMs: TIMEOUT_MS,
    });
    // A redirect is not followed, so it is an answer like any other that is no document.
    if (status !== 200) return fail(`status.${status}`);
    return body.length > LARGEST ? fail('keys.too-large') : body.toString('utf8');
  }
}

function fail(code: string): never {
  throw new KeySourceError(code);
}

function discoveryUrl(base: string): string {
  return base.includes('/.well-known/') ? base : `${base.replace(/\/$/, '')}${DISCOVERY}`;
}

function parsedObject(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

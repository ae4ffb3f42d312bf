import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import type { Network } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { refusalOf, VendorApi, type VendorRequest } from '../vendor-api.ts';
import type { OpenrouterConnection } from './connection.ts';
import type { OpenrouterRole } from './role.ts';

/** What is told of a key that is there. */
export interface KnownKey {
  /** By what it is spoken of. */
  readonly hash: string;
  readonly name: string;
  /** Milliseconds since the epoch; undefined where it does not end. */
  readonly expiresAt: number | undefined;
}

interface Ask {
  readonly what: string;
  readonly method: VendorRequest['method'];
  /** Behind `/keys`. */
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

const MOST_PAGES = 1000;
const HASH = /^[A-Za-z0-9_-]{1,256}$/;

/** Keys of one workspace. https://openrouter.ai/docs/guides/overview/auth/management-api-keys */
export class KeysApi {
  readonly #api: VendorApi;
  readonly #url: string;
  readonly #workspace: string;
  readonly #key: Secret;

  constructor({ managementKey, workspaceId, apiUrl, tlsCa, internal }: OpenrouterConnection, network: Network) {
    this.#api = new VendorApi(network, { tlsCa, internal });
    this.#url = `${apiUrl.replace(/\/$/, '')}/keys`;
    this.#workspace = workspaceId;
    this.#key = Secret.fromText(managementKey?.text.trim() ?? '');
  }

  /** @throws TargetError `refused` where the key may not even look */
  async look(signal: AbortSignal): Promise<void> {
    await this.#page(0, signal);
  }

  /** Two requests make two keys of one name. @param expiresAt milliseconds since the epoch @throws TargetError */
  async create(
    name: string,
    { limit, limitReset, includeByokInLimit }: OpenrouterRole,
    expiresAt: number,
    signal: AbortSignal,
  ): Promise<{ known: KnownKey; key: Secret }> {
    const what = 'a new key';
    const spending = {
      limit: Number(limit),
      ...(limitReset === '' ? {} : { limit_reset: limitReset }),
      include_byok_in_limit: includeByokInLimit,
    };
    const body = {
      name,
      expires_at: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
      ...(limit === '' ? {} : spending),
      ...(this.#workspace === '' ? {} : { workspace_id: this.#workspace }),
    };
    const made = await this.#ask({ what, method: 'POST', path: '', body, signal });
    const known = knownKey(made?.['data']);
    const key = made?.['key'];
    if (known?.name !== name || typeof key !== 'string' || !/^[\x21-\x7e]{8,1024}$/.test(key)) throw unreadable(what, true);
    return { known, key: Secret.fromText(key) };
  }

  /** @throws TargetError */
  async find(hash: string, signal: AbortSignal): Promise<KnownKey | undefined> {
    const what = 'a key';
    const answer = await this.#ask({ what, method: 'GET', path: `/${hash}`, signal });
    if (answer === undefined) return undefined;
    const known = knownKey(answer['data']);
    if (known?.hash !== hash) throw unreadable(what);
    return known;
  }

  /** One that is not there is deleted. @throws TargetError */
  async delete(hash: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ what: 'deleting a key', method: 'DELETE', path: `/${hash}`, signal });
  }

  /** Every key whose name is one that `wanted` says, disabled ones as well. @throws TargetError */
  async list(wanted: (name: string) => boolean, signal: AbortSignal): Promise<readonly KnownKey[]> {
    // Keys that come or go meanwhile move the others from one page to the next.
    const found = new Map<string, KnownKey>();
    let offset = 0;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const data = await this.#page(offset, signal);
      if (data.length === 0) return [...found.values()];
      for (const known of data.map(knownKey)) if (known !== undefined && wanted(known.name)) found.set(known.hash, known);
      offset += data.length;
    }
    throw new TargetError('refused', `the list of keys is longer than ${MOST_PAGES} pages`);
  }

  async #page(offset: number, signal: AbortSignal): Promise<readonly unknown[]> {
    const what = 'the list of keys';
    const workspace = this.#workspace === '' ? '' : `&workspace_id=${this.#workspace}`;
    const path = `?include_disabled=true&offset=${offset}${workspace}`;
    const data = (await this.#ask({ what, method: 'GET', path, signal }))?.['data'];
    if (!Array.isArray(data)) throw unreadable(what);
    return data;
  }

  /** Undefined where there is no such thing. */
  async #ask({ path, ...ask }: Ask): Promise<JsonObject | undefined> {
    const request: VendorRequest = { ...ask, url: `${this.#url}${path}`, bearer: this.#key, changes: ask.method !== 'GET' };
    const answer = await this.#api.ask(request);
    if (answer.status === 404 && ask.method !== 'POST') return undefined;
    if (answer.status < 200 || answer.status > 201) throw refusalOf(request, answer, reasonIn(answer.json));
    if (!isJsonObject(answer.json)) throw unreadable(ask.what, request.changes);
    return answer.json;
  }
}

const unreadable = (what: string, changes = false) =>
  new TargetError(changes ? 'unknown-outcome' : 'refused', `${what}: the answer is not one of OpenRouter's`);

function knownKey(value: unknown): KnownKey | undefined {
  if (!isJsonObject(value)) return undefined;
  const { hash, name, expires_at: end } = value;
  if (typeof hash !== 'string' || !HASH.test(hash) || typeof name !== 'string') return undefined;
  const time = typeof end === 'string' ? Date.parse(end) : Number.NaN;
  return { hash, name, expiresAt: Number.isNaN(time) ? undefined : time };
}

/** `{"error": {"code": 401, "message": …}}` */
function reasonIn(json: unknown): string {
  const error = isJsonObject(json) ? json['error'] : undefined;
  const message = isJsonObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : '';
}

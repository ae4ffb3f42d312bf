import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import type { Network } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { TargetError } from '../engine.ts';
import { refusalOf, VendorApi, type VendorRequest } from '../vendor-api.ts';
import type { OpenaiConnection } from './connection.ts';

/** A service account of the project. */
export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
}

export interface ApiKey {
  readonly id: string;
  readonly value: Secret;
  /** Milliseconds since the epoch; undefined where it does not end. */
  readonly expiresAt: number | undefined;
}

interface Ask {
  readonly what: string;
  readonly method: VendorRequest['method'];
  /** Below the project: `/service_accounts`. */
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

const PAGE = 100;
/** A hundred thousand accounts. */
const MOST_PAGES = 1000;
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Service accounts of one project and their keys.
 * https://platform.openai.com/docs/api-reference/project-service-accounts
 */
export class AdminApi {
  readonly #api: VendorApi;
  readonly #project: string;
  readonly #key: Secret;

  constructor({ adminKey, projectId, apiUrl, tlsCa, internal }: OpenaiConnection, network: Network) {
    this.#api = new VendorApi(network, { tlsCa, internal });
    this.#project = `${apiUrl.replace(/\/$/, '')}/organization/projects/${projectId}`;
    this.#key = Secret.fromText(adminKey?.text.trim() ?? '');
  }

  /** Whether there is such a project, and it is not archived. @throws TargetError */
  async projectLives(signal: AbortSignal): Promise<boolean> {
    const project = await this.#ask({ what: 'the project', method: 'GET', path: '', signal });
    return project !== undefined && project['status'] !== 'archived';
  }

  /** @throws TargetError `refused` where the key may not even look */
  async look(signal: AbortSignal): Promise<void> {
    await this.#ask({ what: 'the list of service accounts', method: 'GET', path: '/service_accounts?limit=1', signal });
  }

  /** With a first key, which ends after so many seconds. @throws TargetError */
  async create(name: string, seconds: number, signal: AbortSignal): Promise<{ account: ServiceAccount; key: ApiKey }> {
    const what = 'a new service account';
    const body = { name, expires_in_seconds: seconds };
    const made = await this.#ask({ what, method: 'POST', path: '/service_accounts', body, signal });
    const account = accountIn(made);
    const key = keyIn(made?.['api_key']);
    if (account?.name !== name || key === undefined) throw unreadable(what, true);
    return { account, key };
  }

  /** @throws TargetError */
  async createKey(account: string, more: { scopes: readonly string[]; seconds: number }, signal: AbortSignal): Promise<ApiKey> {
    const what = 'a new key';
    const body = { scopes: more.scopes, expires_in_seconds: more.seconds };
    const made = await this.#ask({ what, method: 'POST', path: `/service_accounts/${account}/api_keys`, body, signal });
    const key = keyIn(made);
    if (key === undefined) throw unreadable(what, true);
    return key;
  }

  /** @throws TargetError */
  async find(id: string, signal: AbortSignal): Promise<ServiceAccount | undefined> {
    const what = 'a service account';
    const found = await this.#ask({ what, method: 'GET', path: `/service_accounts/${id}`, signal });
    if (found === undefined) return undefined;
    const account = accountIn(found);
    if (account?.id !== id) throw unreadable(what);
    return account;
  }

  /** One that is not there is deleted. @throws TargetError */
  async delete(id: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ what: 'deleting a service account', method: 'DELETE', path: `/service_accounts/${id}`, signal });
  }

  /** Every account whose name is one that `wanted` says. @throws TargetError */
  async list(wanted: (name: string) => boolean, signal: AbortSignal): Promise<readonly ServiceAccount[]> {
    const what = 'the list of service accounts';
    const found: ServiceAccount[] = [];
    let after = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const path = `/service_accounts?limit=${PAGE}${after === '' ? '' : `&after=${after}`}`;
      const answer = await this.#ask({ what, method: 'GET', path, signal });
      const data = answer?.['data'];
      if (!Array.isArray(data)) throw unreadable(what);
      const accounts = data.map(accountIn);
      for (const account of accounts) if (account !== undefined && wanted(account.name)) found.push(account);
      if (answer?.['has_more'] !== true) return found;
      const last = accounts.at(-1)?.id;
      // Half a list would say of the rest that it is not there.
      if (last === undefined || last === after) throw unreadable(what);
      after = last;
    }
    throw new TargetError('refused', `${what} is longer than ${PAGE * MOST_PAGES}`);
  }

  /** Undefined where there is no such thing. */
  async #ask({ path, ...ask }: Ask): Promise<JsonObject | undefined> {
    const request: VendorRequest = {
      ...ask,
      url: `${this.#project}${path}`,
      bearer: this.#key,
      changes: ask.method !== 'GET',
    };
    const answer = await this.#api.ask(request);
    if (answer.status === 404 && ask.method !== 'POST') return undefined;
    if (answer.status !== 200 && answer.status !== 201) throw refusalOf(request, answer, reasonIn(answer.json));
    if (!isJsonObject(answer.json)) throw unreadable(ask.what, request.changes);
    return answer.json;
  }
}

const unreadable = (what: string, changes = false) =>
  new TargetError(changes ? 'unknown-outcome' : 'refused', `${what}: the answer is not one of OpenAI's`);

function accountIn(value: unknown): ServiceAccount | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, name } = value;
  return typeof id === 'string' && ID.test(id) && typeof name === 'string' ? { id, name } : undefined;
}

function keyIn(value: unknown): ApiKey | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, value: text, expires_at: end } = value;
  if (typeof id !== 'string' || !ID.test(id) || typeof text !== 'string' || !/^[\x21-\x7e]{8,1024}$/.test(text)) return undefined;
  return { id, value: Secret.fromText(text), expiresAt: typeof end === 'number' ? end * 1000 : undefined };
}

/** `{"error": {"message": …, "code": …}}` */
function reasonIn(json: unknown): string {
  const error = isJsonObject(json) ? json['error'] : undefined;
  if (!isJsonObject(error)) return '';
  return [error['code'], error['message']].filter((word) => typeof word === 'string').join(': ');
}

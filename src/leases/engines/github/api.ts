import { z } from 'zod';
import type { Clock } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { type EngineDependencies, type TargetCall, TargetError } from '../engine.ts';
import { rsaKeyIn, signedJwt } from '../signing-key.ts';
import { refusalOf, type VendorAnswer, VendorApi, VendorRefusal, type VendorRequest } from '../vendor-api.ts';
import { apiUrlOf, type GithubConnection } from './connection.ts';
import { type Grant, grantIn } from './grant.ts';
import type { GithubMaterial } from './request.ts';

const API_VERSION = '2022-11-28';
/** Clocks differ: a token that was signed in the future is refused. */
const SIGNED_BEFORE_S = 60;
/** GitHub takes none that is good for more than ten minutes. */
const SIGNED_FOR_S = 300;

const installationSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  account: z.object({ login: z.string().regex(/^[\w.-]+$/) }).nullish(),
  suspended_at: z.string().nullish(),
});
const idSchema = z.object({ id: z.int() });
const messageSchema = z.object({
  message: z.string(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string().optional() })])).optional(),
});

export type Installation = z.infer<typeof installationSchema>;
type Asked = Omit<VendorRequest, 'url' | 'signal' | 'headers'>;

/**
 * The endpoints of GitHub's REST API that are about Apps.
 * Source: https://docs.github.com/en/rest/apps/apps, https://docs.github.com/en/rest/apps/installations
 */
export class GithubApi {
  readonly #connection: GithubConnection;
  readonly #clock: Clock;
  readonly #api: VendorApi;

  constructor(connection: GithubConnection, { network, clock }: EngineDependencies) {
    this.#connection = connection;
    this.#clock = clock;
    this.#api = new VendorApi(network, connection);
  }

  /** Whether the key is the App's. @throws TargetError `refused` where it is not */
  async checkKey(call: TargetCall): Promise<void> {
    const asked = { what: 'the App', method: 'GET', bearer: await this.#ownJwt(), changes: false } as const;
    await this.#want(200, '/app', asked, call);
  }

  /** Undefined where the App has no such installation. @throws TargetError */
  async installation(call: TargetCall): Promise<Installation | undefined> {
    const asked = { what: 'the installation', method: 'GET', bearer: await this.#ownJwt(), changes: false } as const;
    try {
      const json = await this.#want(200, `/app/installations/${this.#connection.installationId}`, asked, call);
      const found = installationSchema.safeParse(json);
      if (!found.success) throw new TargetError('refused', 'the answer is no installation: this is not the API of GitHub');
      return found.data;
    } catch (error) {
      if (error instanceof VendorRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Whether a repository belongs to the installation. @throws TargetError */
  async isInstalledAt(owner: string, repository: string, call: TargetCall): Promise<boolean> {
    const asked = { what: 'a repository', method: 'GET', bearer: await this.#ownJwt(), changes: false } as const;
    const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/installation`;
    try {
      const found = idSchema.safeParse(await this.#want(200, path, asked, call));
      return found.success && String(found.data.id) === this.#connection.installationId;
    } catch (error) {
      if (error instanceof VendorRefusal && error.status === 404) return false;
      throw error;
    }
  }

  /** @throws TargetError */
  async createToken({ repositories, repositoryIds, permissions }: GithubMaterial, call: TargetCall): Promise<Grant> {
    const where = repositories.length > 0 ? { repositories } : { repository_ids: repositoryIds };
    const asked: Asked = {
      what: 'a token of the installation',
      method: 'POST',
      bearer: await this.#ownJwt(),
      body: { ...where, permissions },
      changes: true,
    };
    const path = `/app/installations/${this.#connection.installationId}/access_tokens`;
    const grant = grantIn(await this.#want(201, path, asked, call));
    if (grant === undefined) throw new TargetError('unknown-outcome', 'the answer is no token: this is not the API of GitHub');
    return grant;
  }

  /** A token that is gone already is a success. @throws TargetError */
  async endToken(token: Secret, call: TargetCall): Promise<void> {
    const asked: Asked = { what: 'taking the token back', method: 'DELETE', bearer: token, changes: true };
    const answer = await this.#ask('/installation/token', asked, call);
    if (answer.status !== 204 && !isUnknownToken(answer)) throw this.#refusal(asked, answer, call);
  }

  /** @throws TargetError */
  async isAlive(token: Secret, call: TargetCall): Promise<boolean> {
    const asked: Asked = { what: 'whether the token is good', method: 'GET', bearer: token, changes: false };
    const answer = await this.#ask('/installation/repositories?per_page=1', asked, call);
    if (answer.status === 200) return true;
    if (isUnknownToken(answer)) return false;
    throw this.#refusal(asked, answer, call);
  }

  async #want(status: number, path: string, asked: Asked, call: TargetCall): Promise<unknown> {
    const answer = await this.#ask(path, asked, call);
    if (answer.status === status) return answer.json;
    throw this.#refusal(asked, answer, call);
  }

  #ask(path: string, asked: Asked, { signal }: TargetCall): Promise<VendorAnswer> {
    return this.#api.ask({
      ...asked,
      url: apiUrlOf(this.#connection) + path,
      // GitHub answers nobody who does not say who asks.
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': API_VERSION, 'user-agent': 'watchword' },
      signal,
    });
  }

  #refusal(asked: Asked, answer: VendorAnswer, { signal }: TargetCall): TargetError {
    return refusalOf({ ...asked, url: '', signal }, answer, reasonIn(answer));
  }

  async #ownJwt(): Promise<Secret> {
    const { appId, privateKey } = this.#connection;
    const key = privateKey === undefined ? undefined : rsaKeyIn(privateKey);
    if (key === undefined) throw new TargetError('refused', 'private_key is no RSA key');
    const now = Math.floor(this.#clock.now() / 1000);
    return await signedJwt(key, { iat: now - SIGNED_BEFORE_S, exp: now + SIGNED_FOR_S, iss: appId });
  }
}

/** What GitHub says of a token that it does not know (any more). A proxy that wants a login says so otherwise. */
const isUnknownToken = ({ status, json }: VendorAnswer): boolean => status === 401 && messageSchema.safeParse(json).success;

function reasonIn({ json }: VendorAnswer): string {
  const said = messageSchema.safeParse(json);
  if (!said.success) return '';
  const more = (said.data.errors ?? []).map((error) => (typeof error === 'string' ? error : (error.message ?? '')));
  return [said.data.message, ...more].filter((text) => text !== '').join('; ');
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door } from '../../access/door-contract.ts';
import type { Call } from '../../access/operation.ts';
import type { OperationName, OutputOf } from '../../access/operation-types.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { proofsOf } from '../middleware/caller-proofs.ts';
import { BodyReader } from '../vault/body-reader.ts';
import { replyAnswer, type WireAnswer } from '../vault/envelope.ts';
import { formFields } from '../vault/request-body.ts';
import { checkNamespace } from '../vault/request-head.ts';
import { DISCOVERY_SECONDS, discoveryDocument } from '../vault/routes/oidc-issuer.ts';
import { send } from '../vault/send.ts';
import { Exchange } from './exchange.ts';
import { oauthError } from './oauth-error.ts';
import { type Form, readTokenRequest, type TokenRequest } from './token-request.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface OauthApiDependencies {
  readonly door: Door;
  readonly logger: Logger;
  /** Answers whatever is not OAuth's. */
  readonly otherwise: Handler;
}

const TOKEN_PATH = '/oauth/token';
const WELL_KNOWN = '/.well-known/';
const FORM = 'application/x-www-form-urlencoded';
/** More than a token of ours and two JWTs of the largest sort. */
const LARGEST_FORM = 60_000;

/** `/oauth/token`, and what is said of the issuer at the root of its origin. Never throws, never answers twice. */
export function createOauthApi(dependencies: OauthApiDependencies): Handler {
  const api = new OauthApi(dependencies);
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === TOKEN_PATH || path.startsWith(WELL_KNOWN)) void api.handle(path, request, response);
    else dependencies.otherwise(request, response);
  };
}

class OauthApi {
  readonly #door: Door;
  readonly #logger: Logger;
  readonly #otherwise: Handler;
  readonly #bodies = new BodyReader();

  constructor({ door, logger, otherwise }: OauthApiDependencies) {
    this.#door = door;
    this.#logger = logger;
    this.#otherwise = otherwise;
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = newId();
    const asked: { grant?: TokenRequest['grant'] } = {};
    let answer: WireAnswer | undefined;
    try {
      answer = await (path === TOKEN_PATH ? this.#token(request, id, asked) : this.#wellKnown(path, request, id));
    } catch (error) {
      answer = this.#refusal(error, asked.grant, id);
    }
    if (answer === undefined) return this.#otherwise(request, response);
    response.setHeader('Pragma', 'no-cache');
    if (answer.cacheSeconds !== undefined) response.removeHeader('Pragma');
    if (answer.status === 405) response.setHeader('Allow', path === TOKEN_PATH ? 'POST' : 'GET, HEAD');
    send(response, answer, { bodyless: request.method === 'HEAD', namespaced: false });
  }

  async #token(request: IncomingMessage, id: string, asked: { grant?: TokenRequest['grant'] }): Promise<WireAnswer> {
    const exchange = new Exchange(this.#door, callOf(request, id));
    let tokenRequest: TokenRequest;
    try {
      checkNamespace(request.headers['x-vault-namespace']);
      tokenRequest = readTokenRequest(await this.#form(request));
    } catch (error) {
      if (!(error instanceof WatchwordError) || request.errored !== null) throw error;
      return exchange.refuse(error);
    }
    asked.grant = tokenRequest.grant;
    try {
      return replyAnswer({ bare: await exchange.grant(tokenRequest) }, { requestId: id, method: 'POST', warnings: [] });
    } finally {
      tokenRequest.subject.dispose();
      tokenRequest.actor?.dispose();
    }
  }

  async #form(request: IncomingMessage): Promise<Form> {
    const { method, headers } = request;
    if (method !== 'POST') throw new WatchwordError('request.unsupported', 'only POST is offered here');
    const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (type !== FORM) throw new WatchwordError('request.invalid', `the content type must be ${FORM}`, { where: 'Content-Type' });
    const form = await this.#bodies.read(
      request,
      async () => false,
      (bytes) => (bytes.length > LARGEST_FORM ? undefined : formFields(bytes.toString('utf8'))),
    );
    if (form === undefined) throw new WatchwordError('request.too-large', `a form has ${LARGEST_FORM} bytes at most`);
    return form;
  }

  /** Undefined for what is said nowhere, or not at this path. */
  async #wellKnown(path: string, request: IncomingMessage, id: string): Promise<WireAnswer | undefined> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const circumstances = { requestId: id, method: 'GET', warnings: [] } as const;
    const said = await this.#ask('issuer.describe', request, id);
    if (path === `${WELL_KNOWN}keys` && said.path === '') {
      const { keys, cacheSeconds } = await this.#ask('issuer.key-set', request, id);
      return replyAnswer({ bare: { keys }, cacheSeconds }, circumstances);
    }
    const asOpenId = path === `${WELL_KNOWN}openid-configuration` && said.path === '';
    if (!asOpenId && path !== `${WELL_KNOWN}oauth-authorization-server${said.path}`) return undefined;
    return replyAnswer({ bare: discoveryDocument(said), cacheSeconds: DISCOVERY_SECONDS }, circumstances);
  }

  async #ask<Name extends OperationName>(name: Name, request: IncomingMessage, id: string): Promise<OutputOf<Name>> {
    const mount = this.#door.locate('root', 'identity/');
    if (mount === undefined) throw new WatchwordError('seal.sealed');
    const { output } = await this.#door.perform(name, { ...callOf(request, id), token: undefined, mount }, {});
    return output as OutputOf<Name>;
  }

  #refusal(error: unknown, grant: TokenRequest['grant'] | undefined, id: string): WireAnswer {
    const refusal = error instanceof WatchwordError ? error : new WatchwordError('internal', undefined, { cause: error });
    if (refusal.kind === 'internal' || refusal.kind === 'corrupt' || refusal.kind === 'unavailable') {
      this.#logger.error('a request was refused with an incident', { incident: id, code: refusal.code });
    }
    return oauthError(refusal, grant, id);
  }
}

function callOf(request: IncomingMessage, id: string): Omit<Call, 'token' | 'mount'> {
  const { url = '', socket } = request;
  const { remoteAddress: address = '', remotePort: port = 0 } = socket;
  const requestPath = url.split('?', 1)[0]?.slice(1) ?? '';
  return {
    id,
    namespace: 'root',
    remote: { address, port },
    parameters: {},
    wrapTtl: undefined,
    requestPath,
    proofs: proofsOf(request),
  };
}

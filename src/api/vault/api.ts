import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door } from '../../access/door-contract.ts';
import { type Call, Unfit } from '../../access/operation.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { proofsOf } from '../middleware/caller-proofs.ts';
import { BodyReader } from './body-reader.ts';
import { replyAnswer, type WireAnswer } from './envelope.ts';
import { isIncident, refusalAnswer } from './error-answer.ts';
import { parseBody } from './request-body.ts';
import { type RequestHead, readHead } from './request-head.ts';
import type { AnyRoute, WireRequest } from './route.ts';
import { type Destination, findDestination, helpOf, type Routed, type Unrouted } from './router.ts';
import { wrapInfoOf } from './routes/wrapping.ts';
import { send } from './send.ts';
import { Turn } from './turn.ts';

export interface VaultApiDependencies {
  readonly door: Door;
  readonly logger: Logger;
}

/** A request with its body read. */
interface Received {
  readonly id: string;
  readonly head: RequestHead;
  readonly remote: Call['remote'];
  readonly proofs: Call['proofs'];
  readonly body: WireRequest['body'];
  /** Why this is no request that could be performed. */
  readonly unfit: WatchwordError | undefined;
}

/** What a policy must grant before somebody learns that a path does not offer a method. */
const capabilityFor = { GET: 'read', LIST: 'list', SCAN: 'scan', POST: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
/** Tries of a request that met a change by another one. */
const ATTEMPTS = 3;

/** Vault's HTTP API: answers every request below `/v1/`. Never throws, never answers twice. */
export function createVaultApi(dependencies: VaultApiDependencies): (request: IncomingMessage, response: ServerResponse) => void {
  const api = new VaultApi(dependencies);
  return (request, response) => void api.handle(request, response);
}

class VaultApi {
  readonly #door: Door;
  readonly #logger: Logger;
  readonly #locate: Door['locate'];
  readonly #bodies = new BodyReader();
  readonly #turn = new Turn();

  constructor({ door, logger }: VaultApiDependencies) {
    this.#door = door;
    this.#logger = logger;
    this.#locate = (namespace, path) => door.locate(namespace, path);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = newId();
    let head: RequestHead | undefined;
    let answer: WireAnswer;
    try {
      head = readHead(request);
      const { remoteAddress: address = '', remotePort: port = 0 } = request.socket;
      const received = await this.#receive(request, { id, head, remote: { address, port }, proofs: proofsOf(request) });
      await this.#turn.next();
      answer = await this.#answer(received);
    } catch (error) {
      answer = this.#refuse(error, id);
    }
    send(response, answer, { bodyless: request.method === 'HEAD', namespaced: head?.namespaced === true });
  }

  /** @throws WatchwordError when the client went away: nobody is there to be answered. */
  async #receive(request: IncomingMessage, known: Omit<Received, 'body' | 'unfit'>): Promise<Received> {
    const { method, query, contentType, token, unfit } = known.head;
    if (method !== 'POST' && method !== 'PATCH') return { ...known, body: query, unfit };
    const { remote, proofs } = known;
    const isKnown = () => this.#door.recognizes({ token, remote, proofs });
    try {
      const body = await this.#bodies.read(request, isKnown, (bytes) => parseBody(bytes, contentType));
      return { ...known, body: body ?? {}, unfit: unfit ?? (body === undefined ? tooLarge() : undefined) };
    } catch (error) {
      if (!(error instanceof WatchwordError) || request.errored !== null) throw error;
      return { ...known, body: {}, unfit: unfit ?? error };
    }
  }

  async #answer(received: Received): Promise<WireAnswer> {
    const { method, path } = received.head;
    for (let attempt = 1; ; attempt++) {
      const destination = findDestination(this.#locate, method, path);
      try {
        if (received.head.help && received.unfit === undefined) return await this.#help(received, destination);
        return await (destination.route === undefined
          ? this.#fallback(received, destination)
          : this.#perform(received, destination));
      } catch (error) {
        if (attempt === ATTEMPTS || !this.#changedMeanwhile(error, destination, path)) throw error;
      }
    }
  }

  /** The request found another state than it was authorised for, or a mount that was not known yet: ask anew. */
  #changedMeanwhile(error: unknown, destination: Destination, path: string): boolean {
    if (isWatchwordError(error, 'store.raced')) return true;
    const unmounted = destination.route === undefined && destination.unmounted;
    return unmounted && isWatchwordError(error, 'route.missing') && this.#locate('root', path) !== undefined;
  }

  async #perform(received: Received, { mount, route, params }: Routed): Promise<WireAnswer> {
    const { id, head, body } = received;
    const token = head.token ?? route.callingToken?.(body);
    const { idempotencyKey } = head;
    const request: WireRequest = { method: head.method ?? 'GET', params, body, token, idempotencyKey };
    const call = callOf(received, { mount, token, wrapTtl: route.wraps === false ? undefined : head.wrapTtl });
    const input = inputOf(route, request, received.unfit);
    try {
      const { output, wrapped, warnings } = await this.#door.perform(route.operation, call, input);
      const reply = wrapped === undefined ? route.encode(output, request) : { wrapInfo: wrapInfoOf(wrapped) };
      return replyAnswer(reply, { requestId: id, method: request.method, warnings });
    } catch (error) {
      const unknown = isWatchwordError(error, 'access.token-invalid') && !(input instanceof Unfit);
      const code = unknown ? route.tokenInvalid?.(request) : undefined;
      throw code === undefined ? error : new WatchwordError(code);
    }
  }

  async #fallback(received: Received, { mount, fallback, unmounted }: Unrouted): Promise<never> {
    const { head, unfit } = received;
    const call = callOf(received, { mount, token: head.token, wrapTtl: undefined });
    if (unfit !== undefined) await this.#door.perform(fallback, call, new Unfit(unfit));
    const capability = head.method === undefined ? 'read' : capabilityFor[head.method];
    try {
      await this.#door.perform(fallback, call, { path: head.path, capability });
    } catch (error) {
      if (!isWatchwordError(error, 'route.missing')) throw error;
      throw new WatchwordError(
        'route.missing',
        unmounted ? 'no handler for route: nothing is mounted there' : 'unsupported path',
      );
    }
    throw new WatchwordError('internal', 'the door let an operation through that does nothing');
  }

  async #help(received: Received, { mount }: Destination): Promise<WireAnswer> {
    const { id, head } = received;
    const call = callOf(received, { mount, token: head.token, wrapTtl: undefined });
    await this.#door.perform('system.help', call, { path: head.path, capability: 'read' });
    const help = helpOf(mount, head.path);
    if (help === undefined) throw new WatchwordError('route.missing', 'unsupported path');
    return replyAnswer({ bare: { help, see_also: null } }, { requestId: id, method: 'GET', warnings: [] });
  }

  #refuse(error: unknown, id: string): WireAnswer {
    const refusal = error instanceof WatchwordError ? error : new WatchwordError('internal', undefined, { cause: error });
    if (isIncident(refusal)) {
      this.#logger.error('a request was refused with an incident', { incident: id, code: refusal.code, cause: describe(error) });
    }
    return refusalAnswer(refusal, id);
  }
}

function callOf(received: Received, { mount, token, wrapTtl }: Pick<Call, 'mount' | 'token' | 'wrapTtl'>): Call {
  const { id, remote, body, head, proofs } = received;
  return { id, token, namespace: 'root', remote, mount, parameters: body, wrapTtl, requestPath: head.requestPath, proofs };
}

/** Only those whom the door lets in learn what is wrong with a request, and that there is something here at all. */
function inputOf(route: AnyRoute, request: WireRequest, unfit: WatchwordError | undefined): unknown {
  if (unfit !== undefined) return new Unfit(unfit);
  try {
    return route.decode(request);
  } catch (error) {
    if (error instanceof WatchwordError) return new Unfit(error);
    throw error;
  }
}

const tooLarge = () => new WatchwordError('request.too-large', 'so large a body needs a valid token');

/** Kind and place, not the message: that may quote what a caller sent. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [error.name, ...frames.slice(0, 6).map((line) => line.trim())].join(' | ');
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door } from '../../access/door-contract.ts';
import type { Call } from '../../access/operation.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { BodyReader } from './body-reader.ts';
import { replyAnswer, type WireAnswer } from './envelope.ts';
import { isIncident, refusalAnswer } from './error-answer.ts';
import { parseBody } from './request-body.ts';
import { type RequestHead, readHead } from './request-head.ts';
import type { AnyRoute, WireRequest } from './route.ts';
import { type Destination, findDestination, helpOf, type Routed, type Unrouted } from './router.ts';
import { wrapInfoOf } from './routes/wrapping.ts';
import { send } from './send.ts';

export interface VaultApiDependencies {
  readonly door: Door;
  readonly logger: Logger;
}

/** A request with its body read. */
interface Received {
  readonly id: string;
  readonly head: RequestHead;
  readonly remote: Call['remote'];
  readonly body: WireRequest['body'];
  /** The body was too large to be taken from a stranger, and is not in `body`. */
  readonly dropped: boolean;
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
      const remote = { address, port };
      const hasBody = head.method === 'POST' || head.method === 'PATCH';
      const body = hasBody ? await this.#readBody(request, head, remote) : head.query;
      answer = await this.#answer({ id, head, remote, body: body ?? {}, dropped: body === undefined });
    } catch (error) {
      answer = this.#refuse(error, id);
    }
    send(response, answer, { bodyless: request.method === 'HEAD', namespaced: head?.namespaced === true });
  }

  /** Undefined when it was too much for a caller without a valid token. */
  #readBody(
    request: IncomingMessage,
    { contentType, token }: RequestHead,
    remote: Call['remote'],
  ): Promise<WireRequest['body'] | undefined> {
    const isKnown = () => this.#door.recognizes({ token, remote });
    return this.#bodies.read(request, isKnown, (bytes) => parseBody(bytes, contentType));
  }

  async #answer(received: Received): Promise<WireAnswer> {
    const { method, path } = received.head;
    for (let attempt = 1; ; attempt++) {
      const destination = findDestination(this.#locate, method, path);
      try {
        if (received.head.help) return await this.#help(received, destination);
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
    const request: WireRequest = { method: head.method ?? 'GET', params, body, token };
    const call = callOf(received, { mount, token, wrapTtl: route.wraps === false ? undefined : head.wrapTtl });
    try {
      const { output, wrapped, warnings } = await this.#throughTheDoor(route, call, request, received.dropped);
      const reply = wrapped === undefined ? route.encode(output, request) : { wrapInfo: wrapInfoOf(wrapped) };
      return replyAnswer(reply, { requestId: id, method: request.method, warnings });
    } catch (error) {
      const code = isWatchwordError(error, 'access.token-invalid') ? route.tokenInvalid?.(request) : undefined;
      throw code === undefined ? error : new WatchwordError(code);
    }
  }

  async #throughTheDoor(route: AnyRoute, call: Call, request: WireRequest, dropped: boolean) {
    let input: unknown;
    let unfit: unknown;
    try {
      if (dropped) throw new WatchwordError('request.too-large', 'so large a body needs a valid token');
      input = route.decode(request);
    } catch (error) {
      unfit = error;
    }
    if (unfit === undefined) return this.#door.perform(route.operation, call, input);
    // Only callers with a valid token learn what is wrong, and that there is something here at all: no operation takes null.
    await this.#door.perform(route.operation, call, null).catch((error: unknown) => {
      if (!isWatchwordError(error, 'request.invalid')) throw error;
    });
    throw unfit;
  }

  async #fallback(received: Received, { mount, fallback, unmounted }: Unrouted): Promise<never> {
    const { head } = received;
    const call = callOf(received, { mount, token: head.token, wrapTtl: undefined });
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

function callOf({ id, remote, body }: Received, { mount, token, wrapTtl }: Pick<Call, 'mount' | 'token' | 'wrapTtl'>): Call {
  return { id, token, namespace: 'root', remote, mount, parameters: body, wrapTtl };
}

/** Kind and place, not the message: that may quote what a caller sent. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [error.name, ...frames.slice(0, 6).map((line) => line.trim())].join(' | ');
}

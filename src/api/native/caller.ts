import type { IncomingMessage } from 'node:http';
import type { Door } from '../../access/door-contract.ts';
import { type Call, Unfit } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import type { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { unreachable } from '../../foundation/ports.ts';
import { proofsOf } from '../middleware/caller-proofs.ts';
import { tokenOf } from '../vault/request-head.ts';
import type { Caller, Credential } from './endpoint.ts';

/** The sender of one request, before the door. */
export class HttpCaller implements Caller {
  readonly #door: Door;
  #call: Omit<Call, 'mount'>;

  constructor(door: Door, request: IncomingMessage, id: string) {
    const { headers, socket, url = '' } = request;
    this.#door = door;
    this.#call = {
      id,
      requestPath: url.split('?', 1)[0]?.replace(/^\/api\/v1\//, 'native/') ?? '',
      token: tokenOf(headers['x-vault-token'], headers.authorization),
      namespace: 'root',
      remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      parameters: {},
      wrapTtl: undefined,
      proofs: proofsOf(request),
    };
  }

  async perform<Name extends OperationName>(name: Name, input: InputOf<Name>, mount = this.#system): Promise<OutputOf<Name>> {
    const { output } = await this.#door.perform(name, { ...this.#call, mount }, input);
    return output as OutputOf<Name>;
  }

  /**
   * A request that is none: the door decides whether the caller learns what is wrong with it.
   * @throws WatchwordError `refusal`, or the door's own
   */
  async refuse(name: OperationName, refusal: WatchwordError): Promise<never> {
    await this.#door.perform(name, { ...this.#call, mount: this.#system }, new Unfit(refusal));
    return unreachable('the door let an operation through that has no input');
  }

  async findCredential(path: string): Promise<Credential> {
    this.#call = { ...this.#call, requestPath: path };
    const mount = this.#door.locate('root', path);
    if (mount?.kind === 'kv') return { mount, path: path.slice(mount.path.length) };
    await this.perform(mount === undefined ? 'system.unrouted' : 'system.unsupported', { path, capability: 'read' });
    return unreachable('the door let an operation through that does nothing');
  }

  get #system(): MountPoint {
    return this.#door.locate('root', 'sys/') ?? unreachable('a server without its system mount');
  }

  /** Call when the answer is made. */
  dispose(): void {
    this.#call.token?.dispose();
  }
}

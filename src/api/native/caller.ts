import type { IncomingMessage } from 'node:http';
import type { Door } from '../../access/door-contract.ts';
import type { Call } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { unreachable } from '../../foundation/ports.ts';
import { checkNamespace, tokenOf } from '../vault/request-head.ts';
import type { Caller, Credential } from './endpoint.ts';

/** The sender of one request, before the door. */
export class HttpCaller implements Caller {
  readonly #door: Door;
  readonly #call: Omit<Call, 'mount'>;

  /** @throws WatchwordError `route.missing` for a namespace that does not exist. */
  constructor(door: Door, { headers, socket }: IncomingMessage, id: string) {
    checkNamespace(headers['x-vault-namespace']);
    this.#door = door;
    this.#call = {
      id,
      token: tokenOf(headers['x-vault-token'], headers.authorization),
      namespace: 'root',
      remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      parameters: {},
      wrapTtl: undefined,
    };
  }

  async perform<Name extends OperationName>(name: Name, input: InputOf<Name>, mount = this.#system): Promise<OutputOf<Name>> {
    const { output } = await this.#door.perform(name, { ...this.#call, mount }, input);
    return output as OutputOf<Name>;
  }

  async findCredential(path: string): Promise<Credential> {
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

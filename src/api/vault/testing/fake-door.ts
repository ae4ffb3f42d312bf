import { randomUUID } from 'node:crypto';
import type { Answer, Door, WrapInfo } from '../../../access/door-contract.ts';
import { type Call, Unfit } from '../../../access/operation.ts';
import type { OperationName, OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { MountPoint } from '../../../foundation/mount.ts';
import { Secret } from '../../../foundation/secret.ts';

export interface Asked {
  readonly name: string;
  readonly call: Call;
  readonly input: unknown;
}

type Perform = (input: never, call: Call) => unknown;

const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };

export function mount(path: string, kind: string, options: Readonly<Record<string, string>> = {}): MountPoint {
  return { id: `${kind}-id`, namespace: 'root', path, kind, accessor: `${kind}_1`, description: '', options, config };
}

/** Answers by a table of functions and remembers what it was asked. A token is valid when it is `validToken`. */
export class FakeDoor implements Door {
  readonly asked: Asked[] = [];
  readonly validToken = `t-${randomUUID()}`;
  mounts: MountPoint[] = [
    mount('sys/', 'system'),
    mount('auth/token/', 'token'),
    mount('cubbyhole/', 'cubbyhole'),
    mount('secret/', 'kv', { version: '2' }),
    mount('old/', 'kv', { version: '1' }),
  ];
  readonly #operations: Partial<Record<OperationName, Perform>>;
  /** Operations that need no token. */
  readonly open = new Set<string>(['system.health', 'system.seal-status', 'system.init-status', 'system.leader']);
  warnings: readonly string[] = [];

  readonly #otherwise: Perform;

  constructor(operations: Partial<Record<OperationName, Perform>> = {}, otherwise: Perform = () => null) {
    this.#operations = operations;
    this.#otherwise = otherwise;
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  locate(_namespace: string, path: string): MountPoint | undefined {
    return this.mounts.find((candidate) => path.startsWith(candidate.path) || `${path}/` === candidate.path);
  }

  async recognizes({ token }: Pick<Call, 'token'>): Promise<boolean> {
    return token?.text === this.validToken;
  }

  async perform<Name extends OperationName>(name: Name, call: Call, input: unknown): Promise<Answer<Name>> {
    this.asked.push({ name, call, input });
    if (!this.open.has(name)) {
      if (call.token === undefined) throw new WatchwordError('access.token-missing');
      if (call.token.text !== this.validToken) throw new WatchwordError('access.token-invalid');
    }
    if (input instanceof Unfit) throw input.refusal;
    if (name === 'system.unrouted') throw new WatchwordError('route.missing');
    if (name === 'system.unsupported') throw new WatchwordError('request.unsupported');
    if (typeof input !== 'object' || input === null) throw new WatchwordError('request.invalid');
    const perform: Perform = this.#operations[name] ?? this.#otherwise;
    const output = await perform(input as never, call);
    const wrapped = call.wrapTtl === undefined || output === null ? undefined : wrapInfo(call);
    const shown = wrapped === undefined ? (output ?? null) : undefined;
    return { requestId: call.id, warnings: this.warnings, output: shown as OutputOf<Name>, wrapped };
  }
}

function wrapInfo({ wrapTtl = 0 }: Call): WrapInfo {
  return {
    token: Secret.fromText('wrapping'),
    accessor: 'acc',
    ttl: wrapTtl,
    createdAt: 1_700_000_000_123,
    creationPath: 'secret/data/a',
    wrappedAccessor: '',
  };
}

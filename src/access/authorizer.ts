import type { Capability } from '../policy/capability.ts';
import { type CompiledPolicies, compilePolicies, type Decision, decide, type Policy, parsePolicy } from '../policy/index.ts';
import type { Reader } from '../storage/contract.ts';
import type { Generations } from './generation-table.ts';
import type { Session } from './operation.ts';

export interface AccessRequest {
  readonly path: string;
  readonly capability: Capability;
  readonly sudo: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly wrapTtl?: number;
}

/** Text of a stored policy; undefined when there is none of that name (it then grants nothing). */
export type PolicySource = (reader: Reader, name: string) => Promise<string | undefined>;

const MAX_CACHED = 10_000;

/**
 * Decides for sessions. Compiled policies are kept per set of policies and attributes, and thrown away as soon as a request
 * has read another generation: a policy changed on one node holds for the next request on every node.
 */
export class Authorizer {
  readonly #source: PolicySource;
  readonly #reader: Reader;
  #generation = -1;
  #parsed = new Map<string, Policy | undefined>();
  #compiled = new Map<string, CompiledPolicies>();

  constructor(source: PolicySource, reader: Reader) {
    this.#source = source;
    this.#reader = reader;
  }

  /** Makes the session's policies ready under the generations that this request has read. */
  async prepare(session: Session, generations: Generations): Promise<void> {
    if (generations.policies !== this.#generation) {
      this.#generation = generations.policies;
      this.#parsed = new Map();
      this.#compiled = new Map();
    }
    const key = keyOf(session);
    if (session.root || this.#compiled.has(key)) return;
    // Another request may see a new generation meanwhile: what is compiled here then lands in the old maps.
    const parsed = this.#parsed;
    const compiled = this.#compiled;
    const policies: Policy[] = [];
    for (const name of session.principal.policies) {
      if (!parsed.has(name)) {
        const text = await this.#source(this.#reader, name);
        parsed.set(name, text === undefined ? undefined : parsePolicy(name, text));
      }
      const policy = parsed.get(name);
      if (policy !== undefined) policies.push(policy);
    }
    if (compiled.size >= MAX_CACHED) compiled.clear();
    compiled.set(key, compilePolicies(policies, session.principal.attributes));
  }

  /** Call after {@link prepare} for the same session. */
  decide(session: Session, request: AccessRequest): Decision {
    return decide(this.policiesOf(session), request);
  }

  policiesOf(session: Session): CompiledPolicies {
    if (session.root) return rootPolicies;
    // Nothing prepared means nothing granted.
    return this.#compiled.get(keyOf(session)) ?? noPolicies;
  }
}

const noPolicies = compilePolicies([], {});
const rootPolicies = compilePolicies('root', {});

function keyOf(session: Session): string {
  const { policies, attributes } = session.principal;
  const names = Object.keys(attributes);
  return names.length === 0
    ? policies.join('\n')
    : `${policies.join('\n')}\n\n${JSON.stringify(names.sort().map((name) => [name, attributes[name]]))}`;
}

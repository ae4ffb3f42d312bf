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

/** What was read under one generation of the policies. */
interface Cache {
  readonly generation: number;
  readonly parsed: Map<string, Policy | undefined>;
  readonly compiled: Map<string, CompiledPolicies>;
}

interface Prepared {
  readonly generation: number;
  readonly policies: CompiledPolicies;
}

const MAX_CACHED = 10_000;

/**
 * Decides for sessions. Compiled policies are kept per set of policies and attributes, and thrown away as soon as a request
 * has read a later generation: a policy changed on one node holds for the next request on every node.
 */
export class Authorizer {
  readonly #source: PolicySource;
  readonly #reader: Reader;
  #cache: Cache = emptyCache(-1);
  /** What was prepared for a session stays its own, whatever other requests do to the cache. */
  readonly #prepared = new WeakMap<Session, Prepared>();

  constructor(source: PolicySource, reader: Reader) {
    this.#source = source;
    this.#reader = reader;
  }

  /** Makes the session's policies ready under the generations that this request has read, or later ones. */
  async prepare(session: Session, generations: Generations): Promise<void> {
    if (session.root) return;
    // Never back: a request that read its generation long ago would empty the cache for the others.
    if (generations.policies > this.#cache.generation) this.#cache = emptyCache(generations.policies);
    const cache = this.#cache;
    if (this.#prepared.get(session)?.generation === cache.generation) return;
    const key = keyOf(session);
    const policies = cache.compiled.get(key) ?? (await this.#compile(cache, session, key));
    const before = this.#prepared.get(session);
    // One session object may serve several requests at once: the latest generation counts.
    if (before === undefined || before.generation <= cache.generation) {
      this.#prepared.set(session, { generation: cache.generation, policies });
    }
  }

  /** Call after {@link prepare} for the same session. */
  decide(session: Session, request: AccessRequest): Decision {
    return decide(this.policiesOf(session), request);
  }

  policiesOf(session: Session): CompiledPolicies {
    if (session.root) return rootPolicies;
    // Nothing prepared means nothing granted.
    return this.#prepared.get(session)?.policies ?? noPolicies;
  }

  /** Should a later generation begin meanwhile, this lands in the cache that was thrown away. */
  async #compile({ parsed, compiled }: Cache, { principal }: Session, key: string): Promise<CompiledPolicies> {
    const policies: Policy[] = [];
    for (const name of principal.policies) {
      if (!parsed.has(name)) {
        const text = await this.#source(this.#reader, name);
        if (parsed.size >= MAX_CACHED) parsed.clear();
        parsed.set(name, text === undefined ? undefined : parsePolicy(name, text));
      }
      const policy = parsed.get(name);
      if (policy !== undefined) policies.push(policy);
    }
    if (compiled.size >= MAX_CACHED) compiled.clear();
    const merged = compilePolicies(policies, principal.attributes);
    compiled.set(key, merged);
    return merged;
  }
}

const noPolicies = compilePolicies([], {});
const rootPolicies = compilePolicies('root', {});

function emptyCache(generation: number): Cache {
  return { generation, parsed: new Map(), compiled: new Map() };
}

/** JSON, because names and attributes may hold any separator. */
function keyOf({ principal: { policies, attributes } }: Session): string {
  const names = Object.keys(attributes);
  return JSON.stringify(names.length === 0 ? policies : [policies, names.sort().map((name) => [name, attributes[name]])]);
}

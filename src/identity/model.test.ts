import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Secret } from '../foundation/secret.ts';
import { NOW, openTestIdentity, SECOND, type TestIdentity } from './testing/identity.ts';

/** The tree of tokens as its rules say it, in memory: alive is whoever is there, unexpired, below nobody who is not. */
interface Node {
  parent: Node | undefined;
  readonly expiresAt: number;
  readonly token: Secret;
  readonly accessor: string;
  gone: boolean;
}

const alive = (node: Node, now: number): boolean =>
  !node.gone && node.expiresAt > now && (node.parent === undefined || alive(node.parent, now));

const pick = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('create' as const), at: pick, ttl: fc.integer({ min: 1, max: 12 }) }) },
  fc.record({ do: fc.constant('create-orphan' as const), at: pick, ttl: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constantFrom('revoke' as const, 'revoke-orphan' as const), at: pick }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constantFrom('expire' as const, 'tidy' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Tokens that the steps made; the root token stands for a parent that is not among them. */
class Model {
  readonly nodes: Node[] = [];
  readonly #on: TestIdentity;

  constructor(on: TestIdentity) {
    this.#on = on;
  }

  async apply(one: Step): Promise<void> {
    const on = this.#on;
    switch (one.do) {
      case 'wait':
        on.clock.now += one.seconds * SECOND;
        return;
      case 'expire':
        await on.identity.removeExpired(2);
        return;
      case 'tidy':
        await on.perform(on.root, 'token.tidy', {});
        return;
      case 'create':
      case 'create-orphan':
        return this.#create(`token.${one.do}`, this.nodes[one.at], one.ttl);
      default: {
        const node = this.nodes[one.at];
        if (node === undefined || !alive(node, on.clock.now)) return;
        await on.perform(on.root, `token.${one.do}`, { token: node.token });
        if (one.do === 'revoke-orphan') {
          for (const child of this.nodes) if (child.parent === node) child.parent = undefined;
        }
        node.gone = true;
      }
    }
  }

  async #create(name: 'token.create' | 'token.create-orphan', parent: Node | undefined, ttl: number): Promise<void> {
    const on = this.#on;
    if (parent !== undefined && !alive(parent, on.clock.now)) return;
    const { output } = await on.perform(
      parent?.token ?? on.root,
      name,
      parent === undefined ? { ttl, policies: ['a'] } : { ttl },
    );
    this.nodes.push({
      parent: name === 'token.create' ? parent : undefined,
      expiresAt: on.clock.now + ttl * SECOND,
      token: output.token as Secret,
      accessor: output.accessor,
      gone: false,
    });
  }
}

describe('the tree of tokens', () => {
  it('agrees with a simple model after any sequence of operations, and ends every session at most once', async () => {
    await using on = await openTestIdentity();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        on.clock.now = NOW;
        on.attack('delete from token where root = 0');
        on.ended();
        const model = new Model(on);
        for (const one of steps) {
          await model.apply(one);
          for (const node of model.nodes) expect(await on.lives(node.token)).toBe(alive(node, on.clock.now));
        }
        on.clock.now += 100 * SECOND;
        await on.identity.removeExpired(3);
        expect(on.ended()).toEqual(model.nodes.map(({ accessor }) => accessor).sort());
        expect(on.attack('select 1 from token')).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

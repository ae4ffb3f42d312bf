import { describe, expect, test } from 'vitest';
import type { Reader } from '../storage/contract.ts';
import { Authorizer } from './authorizer.ts';
import type { Session } from './operation.ts';

const reader = {} as Reader;
const grants = (path: string) => `path "${path}" { capabilities = ["read"] }`;
const session = (policies: readonly string[], attributes: Record<string, string> = {}, root = false): Session => ({
  principal: { method: 'token', id: 'a', displayName: 'a', namespace: 'root', session: 'a', policies, attributes },
  root,
  usesLeft: 0,
  expiresAt: undefined,
});
const generation = (policies: number) => ({ policies, mounts: 1, identity: 1 });
const read = (path: string) => ({ path, capability: 'read', sudo: false, parameters: {} }) as const;

/** Policies by name, and how often each was read. */
function library(texts: Record<string, string>) {
  const read: string[] = [];
  const authorizer = new Authorizer(async (_reader, name) => {
    read.push(name);
    return texts[name];
  }, reader);
  return { authorizer, read, texts };
}

describe('a session', () => {
  test('that was not prepared may nothing', () => {
    expect(library({}).authorizer.decide(session(['all']), read('a')).allowed).toBe(false);
  });

  test('may what its policies say, the missing ones saying nothing', async () => {
    const { authorizer } = library({ one: grants('a') });
    const bob = session(['one', 'gone']);
    await authorizer.prepare(bob, generation(1));
    expect(authorizer.decide(bob, read('a'))).toMatchObject({ allowed: true, grantedBy: ['one'] });
    expect(authorizer.decide(bob, read('b')).allowed).toBe(false);
  });

  test('with the root policy asks for no text, and a policy named root makes no root', async () => {
    const { authorizer, read: asked } = library({});
    const root = session(['root'], {}, true);
    await authorizer.prepare(root, generation(1));
    expect(authorizer.decide(root, { ...read('a'), sudo: true }).allowed).toBe(true);
    expect(asked).toEqual([]);
    const bob = session(['root']);
    await authorizer.prepare(bob, generation(1));
    expect(authorizer.decide(bob, read('a')).allowed).toBe(false);
  });

  test('is judged by its own attributes', async () => {
    const { authorizer } = library({ own: grants('{{identity.entity.metadata.team}}/x') });
    const red = session(['own'], { 'identity.entity.metadata.team': 'red' });
    const blue = session(['own'], { 'identity.entity.metadata.team': 'blue' });
    await authorizer.prepare(red, generation(1));
    await authorizer.prepare(blue, generation(1));
    expect(authorizer.decide(red, read('red/x')).allowed).toBe(true);
    expect(authorizer.decide(blue, read('red/x')).allowed).toBe(false);
  });

  test('does not inherit from another whose policy names look alike when joined', async () => {
    const { authorizer } = library({ a: grants('a'), b: grants('b') });
    const both = session(['a', 'b']);
    await authorizer.prepare(both, generation(1));
    for (const policies of [['a\nb'], ['a,b'], ['["a","b"]']]) {
      const odd = session(policies);
      await authorizer.prepare(odd, generation(1));
      expect(authorizer.decide(odd, read('a')).allowed).toBe(false);
    }
  });
});

describe('texts', () => {
  test('are read once per generation', async () => {
    const { authorizer, read: asked } = library({ one: grants('a'), two: grants('b') });
    for (let i = 0; i < 3; i++) {
      await authorizer.prepare(session(['one']), generation(1));
      await authorizer.prepare(session(['one', 'two']), generation(1));
    }
    expect(asked).toEqual(['one', 'two']);
    await authorizer.prepare(session(['one']), generation(2));
    expect(asked).toEqual(['one', 'two', 'one']);
  });

  test('that changed hold for the next request', async () => {
    const { authorizer, texts } = library({ one: grants('a') });
    await authorizer.prepare(session(['one']), generation(1));
    texts['one'] = grants('b');
    const next = session(['one']);
    await authorizer.prepare(next, generation(2));
    expect(authorizer.decide(next, read('a')).allowed).toBe(false);
    expect(authorizer.decide(next, read('b')).allowed).toBe(true);
  });

  test('that cannot be read grant nothing, now and afterwards', async () => {
    let broken = true;
    const authorizer = new Authorizer(async () => {
      if (broken) throw new Error('unreadable');
      return grants('a');
    }, reader);
    const bob = session(['one']);
    await expect(authorizer.prepare(bob, generation(1))).rejects.toThrow('unreadable');
    expect(authorizer.decide(bob, read('a')).allowed).toBe(false);
    broken = false;
    await authorizer.prepare(bob, generation(1));
    expect(authorizer.decide(bob, read('a')).allowed).toBe(true);
  });
});

describe('two generations at a time', () => {
  /** Reads of the source wait until they are let go, one by one, with the text of that moment. */
  function slowLibrary(text: { now: string }) {
    const waiting: (() => void)[] = [];
    const authorizer = new Authorizer((_reader, _name) => {
      const seen = text.now;
      return new Promise((resolve) => waiting.push(() => resolve(seen)));
    }, reader);
    return { authorizer, waiting };
  }

  test('a request in between keeps what it was prepared with', async () => {
    const { authorizer } = library({ one: grants('a'), two: grants('b') });
    const bob = session(['one']);
    await authorizer.prepare(bob, generation(1));
    await authorizer.prepare(session(['two']), generation(2));
    expect(authorizer.decide(bob, read('a')).allowed).toBe(true);
  });

  test('a late request of the old one does not undo the new one', async () => {
    const { authorizer, read: asked } = library({ one: grants('a') });
    await authorizer.prepare(session(['one']), generation(2));
    await authorizer.prepare(session(['one']), generation(1));
    await authorizer.prepare(session(['one']), generation(2));
    expect(asked).toEqual(['one']);
  });

  test('a text read before the change never serves a request that came after it', async () => {
    const text = { now: grants('a') };
    const { authorizer, waiting } = slowLibrary(text);
    // The same session object, as when identity keeps sessions.
    const bob = session(['one']);
    const before = authorizer.prepare(bob, generation(1));
    text.now = grants('b');
    const after = authorizer.prepare(bob, generation(2));
    waiting[1]?.();
    await after;
    waiting[0]?.();
    await before;
    expect(authorizer.decide(bob, read('a')).allowed).toBe(false);
    expect(authorizer.decide(bob, read('b')).allowed).toBe(true);
    const next = session(['one']);
    await authorizer.prepare(next, generation(2));
    expect(authorizer.decide(next, read('a')).allowed).toBe(false);
  });
});

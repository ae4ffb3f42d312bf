import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import { platforms } from './catalogue.ts';
import { claimText, platformIdentity } from './platform-identity.ts';
import { platformReasons } from './platform-reasons.ts';

/** The claims of the example, some of them replaced by anything that JSON can say. */
const disturbed = (accepted: JsonObject) =>
  fc.dictionary(fc.constantFrom(...Object.keys(accepted), 'scp', 'hd', 'xms_az_rid'), fc.jsonValue(), { maxKeys: 4 });

/** The verifier lets nothing but a text through. */
const textOf = (subject: unknown) => (typeof subject === 'string' ? subject : 'somebody');

/** What it throws, or what it finds. */
function outcome(identify: () => unknown): unknown {
  try {
    return identify();
  } catch (error) {
    return error;
  }
}

describe.for(platforms.map((platform) => [platform.kind, platform] as const))('claims of %s', ([, platform]) => {
  const { examples, issuer = examples.issuer ?? '' } = platform;

  it('of any form are understood, or refused for a reason that is declared', () => {
    fc.assert(
      fc.property(disturbed(examples.accepted), (change) => {
        const claims = { ...examples.accepted, ...change } as JsonObject;
        const token = { claims, issuer, subject: textOf(claims['sub']), audiences: ['x'] };
        const result = outcome(() => platformIdentity(platform, token, 'prod.acme.example'));
        if (result instanceof WatchwordError) {
          expect(result.code).toBe('login.refused');
          expect(Object.keys(platformReasons)).toContain(result.reason);
        } else {
          const { subject, claims: told } = result as { subject: string; claims: Record<string, unknown> };
          expect(Object.values(told).filter((value) => typeof value !== 'string')).toEqual([]);
          expect(subject).not.toMatch(/\p{C}/u);
        }
      }),
    );
  });
});

describe('a workload that several ids make up', () => {
  it('is another for every other pair of ids, whatever they hold', () => {
    const gitlab = platforms.find(({ kind }) => kind === 'gitlab');
    const subjectOf = (namespace: string, project: string) => {
      if (gitlab === undefined) throw new Error('there is no such platform');
      const claims = { ...gitlab.examples.accepted, namespace_id: namespace, project_id: project };
      return platformIdentity(gitlab, { claims, issuer: 'i', subject: 's', audiences: [] }).subject;
    };
    const id = fc.stringMatching(/^[a-z0-9/%#]{1,6}$/);
    fc.assert(
      fc.property(id, id, id, id, (a, b, c, d) => {
        expect(subjectOf(a, b) === subjectOf(c, d)).toBe(a === c && b === d);
      }),
    );
  });
});

describe('the text of a claim', () => {
  it.each<[unknown, string | undefined]>([
    ['a', 'a'],
    [7, '7'],
    [true, 'true'],
    ['', undefined],
    [null, undefined],
    [['a'], undefined],
    [{ a: 1 }, undefined],
    ['a\u0000', undefined],
    ['a\u202eb', undefined],
    ['\ud800', undefined],
    ['x'.repeat(2049), undefined],
  ])('of %j is %j', (value, text) => {
    expect(claimText({ value }, 'value')).toBe(text);
  });

  it('is not that of an inherited member', () => {
    expect(claimText({}, 'constructor')).toBeUndefined();
    expect(claimText({}, '/__proto__/toString')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { lintTokenParameters, type RoleFinding, warnOfEmptyBounds, withMountLifetimes } from './role-lint.ts';
import { noTokenParameters, type TokenParameters } from './token-parameters.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const good: TokenParameters = { ...noTokenParameters, policies: ['features'], owner: 'team' };
const noMount = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };

function lint(role: Partial<TokenParameters>, { mount = {}, outside = false } = {}): RoleFinding[] {
  return lintTokenParameters(withMountLifetimes({ ...good, ...role }, { ...noMount, ...mount }), { outside });
}
const rules = (...given: Parameters<typeof lint>) => lint(...given).map(({ rule }) => rule);
const places = (...given: Parameters<typeof lint>) => lint(...given).map(({ rule, where }) => `${rule} ${where}`);

describe('the lifetime of a role’s tokens', () => {
  it.each<[why: string, role: Partial<TokenParameters>, mount: object, expected: readonly string[]]>([
    ['is a month where nobody says any', {}, {}, ['long-lifetime token_max_ttl', 'unlimited-uses token_num_uses']],
    ['reaches a month by renewals', { ttl: HOUR }, {}, ['long-lifetime token_max_ttl', 'unlimited-uses token_num_uses']],
    ['is what the role allows at most', { maxTtl: HOUR }, {}, []],
    ['is what the role allows whatever the mount says', { explicitMaxTtl: HOUR }, {}, []],
    ['is what the mount allows at most', {}, { maxTtl: HOUR }, []],
    ['is the lesser of both', { maxTtl: 30 * DAY }, { maxTtl: HOUR }, []],
    [
      'is not bounded by what is given by default',
      {},
      { defaultTtl: HOUR },
      ['long-lifetime token_max_ttl', 'unlimited-uses token_num_uses'],
    ],
    ['may be long at once', { ttl: 2 * DAY, maxTtl: 2 * DAY, uses: 1 }, {}, ['long-lifetime token_ttl']],
    ['may be long at once by the mount', { uses: 1 }, { defaultTtl: 2 * DAY }, ['long-lifetime token_ttl']],
    ['of half a day is enough for many uses', { maxTtl: 13 * HOUR }, {}, ['unlimited-uses token_num_uses']],
    ['has no end with a period', { period: 60 }, {}, ['endless-renewal token_period', 'unlimited-uses token_num_uses']],
    [
      'has no end with a period whatever the mount allows',
      { period: 60, uses: 1 },
      { maxTtl: HOUR },
      ['endless-renewal token_period'],
    ],
    ['with a period ends where the role says so', { period: 60, explicitMaxTtl: HOUR }, {}, []],
    ['with a period may end late', { period: 60, explicitMaxTtl: 2 * DAY, uses: 1 }, {}, ['long-lifetime token_max_ttl']],
    ['with a long period', { period: 2 * DAY, explicitMaxTtl: 2 * DAY, uses: 1 }, {}, ['long-lifetime token_period']],
  ])('%s', (_why, role, mount, expected) => {
    expect(places(role, { mount })).toEqual(expected);
  });

  it('is said to be unsaid only where it is', () => {
    expect(lint({})[0]?.message).toContain('neither it nor its mount says');
    expect(lint({ ttl: HOUR })[0]?.message).toContain('renewed');
  });
});

describe('callers from outside', () => {
  it('are warned of whose tokens work from anywhere, for longer than a quarter of an hour', () => {
    expect(rules({ maxTtl: 901 }, { outside: true })).toEqual(['no-cidr']);
    expect(rules({ maxTtl: 901, boundCidrs: ['192.0.2.0/24'] }, { outside: true })).toEqual([]);
    expect(rules({ maxTtl: 901 })).toEqual([]);
  });

  it('are not where what the advice says was done', () => {
    expect(rules({ maxTtl: 900 }, { outside: true })).toEqual([]);
    expect(rules({ maxTtl: HOUR }, { outside: true, mount: { maxTtl: 900 } })).toEqual([]);
  });
});

describe('a bound that is written', () => {
  function warned(given: Record<string, unknown>): string[] {
    const warnings: string[] = [];
    warnOfEmptyBounds(given, { warn: (text) => void warnings.push(text) });
    return warnings.map((text) => text.split(' ')[0] ?? '');
  }

  it('as nothing is told to be none', () => {
    expect(
      warned({
        boundServiceAccountUids: [],
        boundClaims: {},
        boundSubject: '',
        boundCidrs: [],
        secretIdBoundCidrs: [],
        allowedDnsSans: [],
        requiredExtensions: [],
      }),
    ).toEqual([
      'bound_service_account_uids',
      'bound_claims',
      'bound_subject',
      'token_bound_cidrs',
      'secret_id_bound_cidrs',
      'allowed_dns_sans',
      'required_extensions',
    ]);
  });

  it('with a value, or not a bound at all, is not', () => {
    expect(warned({ boundUids: [0], boundSubject: 'a', boundClaims: { a: ['b'] } })).toEqual([]);
    expect(warned({ policies: [], owner: '', expectedCidrs: [], allowedMetadataExtensions: [], boundClaimsType: '' })).toEqual(
      [],
    );
  });
});

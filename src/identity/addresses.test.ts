import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liesWithin, Networks } from './addresses.ts';

describe('bound networks', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/32', '10.0.0.1', false],
    ['::1', '::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '', false],
  ])('%s and %s: %s', (cidr, address, inside) => {
    expect(new Networks([cidr]).includes(address)).toBe(inside);
  });

  it('admit what any one of them admits', () => {
    const networks = new Networks(['10.0.0.0/8', '::1/128']);
    expect(['10.0.0.1', '::1', '192.0.2.1'].map((address) => networks.includes(address))).toEqual([true, true, false]);
  });

  it.each(['', 'x', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0'])(
    'refuse %j as a network',
    (cidr) => {
      expect(() => new Networks([cidr])).toThrow(expect.objectContaining({ code: 'token.invalid' }));
    },
  );
});

describe('a network within others', () => {
  it.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['10.1.2.3/32', '10.1.2.3', true],
    ['10.0.0.0/7', '10.0.0.0/8', false],
    ['192.0.2.1', '10.0.0.0/8', false],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', true],
    ['::ffff:10.0.0.0/97', '10.0.0.0/8', false],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['2001:db8::/31', '2001:db8::/32', false],
    ['2001:db8::1', '10.0.0.0/8', false],
  ])('%s in %s: %s', (cidr, other, within) => {
    expect(liesWithin(cidr, ['198.51.100.0/24', other])).toBe(within);
  });

  it('has no address outside of them', () => {
    const octet = fc.constantFrom(0, 9, 10, 11, 127, 255);
    const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    const prefix = fc.integer({ min: 0, max: 32 });
    const written = fc.boolean();
    const network = fc
      .tuple(address, prefix, written)
      .map(([from, bits, mapped]) => (mapped ? `::ffff:${from}/${96 + bits}` : `${from}/${bits}`));
    fc.assert(
      fc.property(network, network, fc.array(address, { minLength: 1 }), (cidr, other, addresses) => {
        fc.pre(liesWithin(cidr, [other]));
        for (const one of addresses) {
          if (new Networks([cidr]).includes(one)) expect(new Networks([other]).includes(one)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

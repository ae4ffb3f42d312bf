import { BlockList, isIP } from 'node:net';

type Range = readonly [address: string, prefix: number];

/** IANA IPv4 Special-Purpose Address Registry, multicast and reserved space. */
const special4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // A public address by which machines on Azure reach their own host.
  ['168.63.129.16', 32],
];

/** Inside 2000::/3, what is not an address of somebody's server: Teredo, ORCHID, benchmarks, documentation, 6to4, the 6bone. */
const special6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3ffe::', 16],
  ['3fff::', 20],
];

const blocked4 = new BlockList();
for (const [address, prefix] of special4) blocked4.addSubnet(address, prefix, 'ipv4');
const blocked6 = new BlockList();
for (const [address, prefix] of special6) blocked6.addSubnet(address, prefix, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/**
 * True for every address that is not somebody's server on the public Internet: loopback, private, link-local, shared, multicast,
 * reserved, documentation, and the IPv6 forms that wrap an IPv4 address (mapped, NAT64, 6to4, Teredo). True for what is no address.
 */
export function isSpecialAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return blocked4.check(address, 'ipv4');
  // Global unicast is one block; everything outside is special, whatever it will be used for.
  return family !== 6 || address.includes('%') || !global6.check(address, 'ipv6') || blocked6.check(address, 'ipv6');
}

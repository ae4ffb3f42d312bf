import { isIP } from 'node:net';

/**
 * What is wrong with one entry of `source-address`; undefined when nothing is. sshd refuses every login by a certificate whose list it
 * can't read, and it reads none with bits behind the prefix.
 */
export function faultOfCidr(cidr: string): string | undefined {
  const [, address = '', prefix] = /^([0-9a-fA-F:.]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(cidr) ?? [];
  const family = isIP(address);
  if (family === 0) return 'holds something that is neither an address nor a network such as 10.0.0.0/8';
  const width = family === 4 ? 32 : 128;
  const length = prefix === undefined ? width : Number(prefix);
  if (length > width) return `holds a network with a prefix of more than ${width} bits`;
  const bits = family === 4 ? bitsOf4(address) : bitsOf6(address);
  const behind = bits & ((1n << BigInt(width - length)) - 1n);
  return behind === 0n ? undefined : 'holds a network with bits behind its prefix: 10.0.0.0/8, not 10.1.2.3/8';
}

const bitsOf4 = (address: string): bigint => address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);

function bitsOf6(address: string): bigint {
  // The parser of URLs writes embedded IPv4 in hexadecimal.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

import { isIPv4 } from 'node:net';

/** `sip` of a signature: `192.0.2.0-192.0.2.255`, or one address. Undefined for everything that is no IPv4 network without bits behind its prefix. */
export function ipRange(cidr: string): string | undefined {
  const [, address = '', prefix] = /^([\d.]+)(?:\/([1-9]|[12]\d|3[0-2]))?$/.exec(cidr) ?? [];
  if (!isIPv4(address)) return undefined;
  const first = address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);
  const size = 2 ** (32 - (prefix === undefined ? 32 : Number(prefix)));
  if (first % size !== 0) return undefined;
  return size === 1 ? address : `${address}-${dotted(first + size - 1)}`;
}

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.');

import { BlockList, isIP, isIPv4 } from 'node:net';
import { WatchwordError } from '../foundation/errors.ts';

/** Networks that a token may be used from. An IPv4 address that arrives as `::ffff:a.b.c.d` is that IPv4 address. */
export class Networks {
  readonly #list = new BlockList();

  /** Takes `10.0.0.0/8`, `2001:db8::/32` and single addresses. @throws WatchwordError `token.invalid` */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) this.#add(cidr);
  }

  includes(address: string): boolean {
    const plain = address.split('%', 1)[0] ?? '';
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }

  #add(cidr: string): void {
    const [, address = '', bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
    const family = isIP(address);
    const width = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? width : Number(bits);
    if (family === 0 || prefix > width) {
      throw new WatchwordError('token.invalid', 'a bound CIDR is not an address or network', { where: 'bound_cidrs' });
    }
    this.#list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Whether all addresses of a network lie in one and the same of these. @throws WatchwordError `token.invalid` */
export function liesWithin(cidr: string, networks: readonly string[]): boolean {
  new Networks([cidr]);
  return networks.some((other) => new Networks([other]).includes(addressOf(cidr)) && bitsOf(cidr) >= bitsOf(other));
}

const addressOf = (cidr: string) => cidr.split('/', 1)[0] ?? '';

/** Length of the prefix, counted as in IPv6: IPv4 is ::ffff:0:0/96 there, and may be written so. */
function bitsOf(cidr: string): number {
  const bits = cidr.split('/')[1];
  if (bits === undefined) return 128;
  return isIPv4(addressOf(cidr)) ? 96 + Number(bits) : Number(bits);
}

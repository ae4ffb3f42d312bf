import { BlockList, isIP } from 'node:net';
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

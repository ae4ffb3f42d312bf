import type { Detector } from '../detector.ts';
import { anchored, around, QUOTE } from './anchored.ts';
import type { Maker } from './maker.ts';

const key = (make: Maker): string => make.bytes(32).toString('base64');

const wireguardKey = (id: string, title: string, name: string, camel: string): Detector =>
  anchored({
    id,
    provider: 'WireGuard',
    title,
    family: 'keys',
    anchors: [name.toLowerCase(), name.toLowerCase().replace('key', '_key')],
    pattern: new RegExp(
      String.raw`${name.replace('Key', '[_-]?Key')}${QUOTE}\s{0,8}[:=]\s{0,8}${QUOTE}(?<value>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])`,
      'i',
    ),
    reach: 100,
    source: 'https://www.wireguard.com/quickstart/',
    positive: around(
      key,
      (value) => `[Interface]\nAddress = 10.0.0.2/32\n${name} = ${value}\nDNS = 1.1.1.1\n`,
      (value) => `${name}=${value}\n`,
      (value) => `{"${camel}": "${value}"}`,
      (value) => String.raw`conf = "[Interface]\n${name} = ${value}\n"`,
    ),
    negative: (make) => [`PublicKey = ${key(make)}\n`, `${name} = <paste here>\n`, `${name} = ${make.chars('base64', 60)}\n`],
  });

/** 32 bytes of Curve25519: 43 characters of base64, the last of which carries four bits, and one `=`. */
export const wireguard: readonly Detector[] = [
  wireguardKey('wireguard-private-key', 'WireGuard private key', 'PrivateKey', 'privateKey'),
  wireguardKey('wireguard-preshared-key', 'WireGuard preshared key', 'PresharedKey', 'presharedKey'),
];

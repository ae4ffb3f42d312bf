import type { Detector } from '../detector.ts';
import { anchored, around } from './anchored.ts';
import type { Maker } from './maker.ts';

const number = (make: Maker, bytes: number): string => make.bytes(bytes).toString('base64');

export const rsaKeyValue: readonly Detector[] = [
  anchored({
    id: 'xml-rsa-private-key',
    provider: '.NET',
    title: 'RSA key in XML with its private exponent',
    family: 'keys',
    anchors: ['<rsakeyvalue>'],
    pattern:
      /<RSAKeyValue>(?:(?!<D>)[A-Za-z0-9+/=\s<>\\]){40,6000}<D>\s{0,20}(?<value>[A-Za-z0-9+/][A-Za-z0-9+/=\s]{39,1400}(?<=[A-Za-z0-9+/=]))\s{0,20}(?=<\/D>)/,
    reach: 7600,
    source: 'https://learn.microsoft.com/dotnet/api/system.security.cryptography.rsa.toxmlstring',
    positive: around(
      (make) => number(make, 128),
      (value) =>
        `<RSAKeyValue><Modulus>${'m'.repeat(172)}</Modulus><Exponent>AQAB</Exponent><P>QUJD</P><D>${value}</D></RSAKeyValue>`,
      (value) => `<RSAKeyValue>\n  <Modulus>${'m'.repeat(172)}</Modulus>\n  <D>${value}</D>\n</RSAKeyValue>`,
    ),
    negative: (make) => [
      `<RSAKeyValue><Modulus>${number(make, 128)}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue><D>${number(make, 128)}</D>`.replace(
        '</RSAKeyValue><D>',
        '</RSAKeyValue>, <D>',
      ),
    ],
  }),
];

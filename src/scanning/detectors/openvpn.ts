import type { Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import type { Maker } from './maker.ts';

const BEGIN = '-----BEGIN OpenVPN Static key V1-----';
const END = '-----END OpenVPN Static key V1-----';

function sample(make: Maker): string {
  const lines = Array.from({ length: 16 }, () => make.chars('hex', 32));
  return [BEGIN, ...lines, END].join('\n');
}

export const openvpn: readonly Detector[] = [
  anchored({
    id: 'openvpn-static-key',
    provider: 'OpenVPN',
    title: 'OpenVPN static key',
    family: 'keys',
    anchors: [BEGIN.toLowerCase()],
    pattern: new RegExp(String.raw`(?<value>${BEGIN}(?:(?:\\r|\\n|\s){1,20}[0-9a-f]{32}){16}(?:\\r|\\n|\s){1,20}${END})`),
    reach: 1100,
    source: 'https://openvpn.net/community-docs/static-key-mini-howto.html',
    positive: (make) => {
      const value = sample(make);
      const other = sample(make);
      return [
        { text: `<tls-auth>\n${value}\n</tls-auth>\n`, value },
        { text: `key-direction 1\n<tls-crypt>\n#\n# 2048 bit OpenVPN static key\n#\n${other}\n</tls-crypt>`, value: other },
      ];
    },
    negative: () => [`${BEGIN}\n...\n${END}`],
  }),
];

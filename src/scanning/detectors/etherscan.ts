import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Etherscan', family: 'services', source: 'https://docs.etherscan.io/' } as const;

export const etherscan: readonly Detector[] = [
  keyed({
    ...of,
    id: 'etherscan-api-key',
    title: 'Etherscan API key',
    keywords: ['etherscan', 'bscscan', 'polygonscan'],
    value: chars('upperBase36', 34),
  }),
];

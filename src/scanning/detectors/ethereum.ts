import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

export const ethereum: readonly Detector[] = [
  keyed({
    id: 'ethereum-private-key',
    provider: 'Ethereum',
    title: 'Ethereum private key',
    family: 'keys',
    keywords: ['ethereum', 'private_key', 'priv_key', 'deployer_key', 'wallet_key', 'eth_key', 'signer_key', 'mnemonic_key'],
    value: either(seq('0x', chars('hex', 64)), chars('hex', 64)),
    source: 'https://ethereum.org/en/developers/docs/accounts/',
    seen: ['PRIVATE_KEY={}\n', 'const privateKey = "{}";', 'wallet_private_key: {}\n'],
    unseen: ['public_key: {}\n', 'tx hash {}\n'],
  }),
];

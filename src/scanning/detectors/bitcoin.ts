import type { Check, Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import { base58Decoded, base58Encoded } from './checks/base58.ts';
import { keyed } from './keyed.ts';
import type { Maker } from './maker.ts';
import { chars, sampled } from './shape.ts';
import { BEFORE } from './token.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const check = (value: string): Check => {
  const ok = base58Decoded(value) !== undefined;
  return { ok, reason: ok ? 'Base58 checksum is right' : 'Base58 checksum is wrong' };
};

/** BIP 32: version of a private key on the main net, depth, parent, index, chain code, and a zero before the key. */
const extended = (make: Maker): string =>
  base58Encoded(Buffer.concat([Buffer.from('0488ade4', 'hex'), make.bytes(41), Buffer.from([0]), make.bytes(32)]));
const importFormat = (make: Maker): string =>
  base58Encoded(Buffer.concat([Buffer.from([0x80]), make.bytes(32), Buffer.from([1])]));

export const bitcoin: readonly Detector[] = [
  anchored({
    id: 'bip32-private-key',
    provider: 'Bitcoin',
    title: 'Extended private key (BIP 32)',
    family: 'keys',
    search: 'prefix',
    anchors: ['xprv', 'tprv', 'yprv', 'zprv'],
    pattern: new RegExp(`${BEFORE}(?<value>[xtyz]prv[${BASE58}]{107,108})(?![A-Za-z0-9_])`),
    reach: 112,
    check,
    source: 'https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki',
    positive: (make) =>
      [(key: string) => `wallet: ${key}\n`, (key: string) => `{"xprv":"${key}"}`].map((surround) => {
        const value = extended(make);
        return { text: surround(value), value };
      }),
    negative: (make) => [`xpub${make.chars({ of: BASE58 }, 107)}`],
  }),
  keyed({
    id: 'bitcoin-wallet-import-key',
    provider: 'Bitcoin',
    title: 'Bitcoin private key (wallet import format)',
    family: 'keys',
    keywords: ['bitcoin', 'wif_', 'btc_', 'privkey', 'private_key', 'wallet'],
    value: sampled({ ...chars({ of: BASE58 }, 51, 52), source: `[5KLc9][${BASE58}]{50,51}` }, importFormat),
    check,
    source: 'https://en.bitcoin.it/wiki/Wallet_import_format',
  }),
];

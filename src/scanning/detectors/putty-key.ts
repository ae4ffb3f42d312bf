import type { Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import type { Maker } from './maker.ts';

/** All lines or none: two stretches of lines that may each end anywhere would be tried in every combination. */
const lines = (name: string): string =>
  String.raw`(?=(?<${name}>(?:[A-Za-z0-9+/=]{1,64}(?:\r?\n|\\r|\\n|\s){1,4}){1,120}))\k<${name}>`;
const BREAK = String.raw`(?:\\r|\\n|\s){1,8}`;

function sample(make: Maker, version: number): string {
  const linesOf = (bytes: number) =>
    make
      .bytes(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const open = linesOf(270);
  const closed = linesOf(590);
  return [
    `PuTTY-User-Key-File-${version}: ssh-rsa`,
    'Encryption: none',
    'Comment: key-of-somebody',
    `Public-Lines: ${open.length}`,
    ...open,
    `Private-Lines: ${closed.length}`,
    ...closed,
    `Private-MAC: ${make.chars('hex', version === 2 ? 40 : 64)}`,
  ].join('\n');
}

export const puttyKey: readonly Detector[] = [
  anchored({
    id: 'putty-private-key',
    provider: 'PuTTY',
    title: 'PuTTY private key file',
    family: 'keys',
    anchors: ['putty-user-key-file-'],
    pattern: new RegExp(
      String.raw`(?<value>PuTTY-User-Key-File-[123]: [a-z0-9-]{4,40}${BREAK}(?:[A-Z][A-Za-z0-9-]{3,24}: [^\r\n\\]{0,200}${BREAK}){1,10}${lines('public')}(?:[A-Z][A-Za-z0-9-]{3,24}: [^\r\n\\]{0,100}${BREAK}){1,8}${lines('private')}Private-(?:MAC|Hash): [0-9a-f]{40,64})`,
    ),
    reach: 16_000,
    check: (value) =>
      /Encryption: ?none/.test(value)
        ? { ok: true, reason: 'a whole key file without a passphrase' }
        : { ok: false, reason: 'locked by a passphrase' },
    source: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
    positive: (make) => [2, 3].map((version) => sample(make, version)).map((value) => ({ text: `${value}\n`, value })),
    negative: () => ['PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n', 'if line.startswith("PuTTY-User-Key-File-"):'],
  }),
];

import type { Check, Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import type { Maker } from './maker.ts';
import { chars, sampled, seq } from './shape.ts';
import { BEFORE, token } from './token.ts';

const of = {
  provider: 'Discord',
  family: 'messaging',
  source: 'https://discord.com/developers/docs/reference#authentication',
} as const;

/** The first part is the bot's id, a number of 17 to 20 digits, in base64. */
function checkBotId(value: string): Check {
  const ok = /^\d{17,20}$/.test(Buffer.from(value.slice(0, value.indexOf('.')), 'base64').toString('latin1'));
  return { ok, reason: ok ? 'begins with the id of a bot' : 'does not begin with the id of a bot' };
}

const botToken = sampled(
  seq(chars('base64url', 23, 28), '.', chars('base64url', 6), '.', chars('base64url', 27, 38)),
  (make: Maker) => {
    const id = Buffer.from(`1${make.chars('digits', 17)}`).toString('base64url');
    return `${id}.${make.chars('base64url', 6)}.${make.chars('base64url', 38)}`;
  },
);

const webhook = (id: string, host: string): Detector =>
  token({
    ...of,
    id,
    title: 'Discord webhook',
    prefix: `https://${host}/api/webhooks/`,
    body: seq(chars('digits', 17, 20), '/', chars('base64url', 60, 72)),
    notAfter: 'A-Za-z0-9_-',
  });

/** Base64 of two digits, the first not 0: how every bot's token begins. */
const BEGINNINGS = Array.from({ length: 90 }, (_, at) =>
  Buffer.from(`${at + 10}0`)
    .toString('base64')
    .slice(0, 3),
);

export const discord: readonly Detector[] = [
  {
    ...of,
    id: 'discord-bot-token',
    title: 'Discord token of a bot or an account',
    kind: 'structured',
    search: 'prefix',
    anchors: BEGINNINGS.map((beginning) => beginning.toLowerCase()),
    pattern: new RegExp(
      `${BEFORE}(?<value>[MNO][A-Za-z0-9_-]{22,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38})(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])`,
    ),
    reach: 76,
    // Other dotted base64 begins like this too: only with a number in front is it one.
    confidence: 'low',
    check: checkBotId,
    examples(make) {
      const value = botToken.sample(make);
      return {
        positive: [
          { text: `login("${value}")`, value },
          { text: `value: ${value}\n`, value },
        ],
        negative: [`${make.chars('base62', 24)}.${make.chars('base62', 6)}`, `x${value}`],
      };
    },
  },
  keyed({
    ...of,
    id: 'discord-client-secret',
    title: 'Discord client secret',
    keywords: ['discord'],
    value: chars('base64url', 32),
  }),
  webhook('discord-webhook-url', 'discord.com'),
  webhook('discord-legacy-webhook-url', 'discordapp.com'),
];

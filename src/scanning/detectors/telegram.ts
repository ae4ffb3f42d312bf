import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Telegram',
  family: 'messaging',
  source: 'https://core.telegram.org/bots/features#botfather',
} as const;

const botToken = seq(chars('digits', 8, 10), ':', 'A', chars('base64url', 34));
const HOST = 'api.telegram.org/bot';

export const telegram: readonly Detector[] = [
  {
    ...of,
    id: 'telegram-token',
    title: 'Telegram bot token',
    kind: 'structured',
    search: 'anywhere',
    anchors: [':aa'],
    lead: 10,
    pattern: /(?<![A-Za-z0-9_:.-])(?<value>[0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_:.-])/,
    reach: botToken.most,
    confidence: 'medium',
    examples(make) {
      const value = `5${make.chars('digits', 8)}:AA${make.chars('base64url', 33)}`;
      return {
        positive: [
          { text: `Bot("${value}")`, value },
          { text: `id,token\n1,${value}\n`, value },
        ],
        negative: [`00:${value}`, `12${value}`, '12345678:AAAA'],
      };
    },
  },
  {
    ...of,
    id: 'telegram-bot-url',
    title: 'Telegram bot token in a URL',
    kind: 'structured',
    search: 'anywhere',
    anchors: [HOST],
    pattern: new RegExp(`api\\.telegram\\.org/bot(?<value>${botToken.source})(?![A-Za-z0-9_-])`),
    reach: HOST.length + botToken.most,
    confidence: 'high',
    examples(make) {
      const value = botToken.sample(make);
      return {
        positive: [{ text: `requests.post("https://${HOST}${value}/sendMessage")`, value }],
        negative: [`https://${HOST}<token>/getMe`, `https://${HOST}{token}/getMe`],
      };
    },
  },
  keyed({
    ...of,
    id: 'telegram-bot-token',
    title: 'Telegram bot token',
    keywords: ['telegram', 'tg_bot', 'tg_token', 'bot_token', 'tgbot', 'telebot'],
    value: botToken,
    confidence: 'high',
  }),
];

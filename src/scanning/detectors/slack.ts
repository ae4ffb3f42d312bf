import type { Detector } from '../detector.ts';
import { chars, optional, repeated, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Slack', family: 'messaging', source: 'https://docs.slack.dev/authentication/tokens' } as const;

const group = seq(chars('digits', 10, 13), '-');

export const slack: readonly Detector[] = [
  token({
    ...of,
    id: 'slack-bot-token',
    title: 'Slack bot token',
    prefix: 'xoxb-',
    body: seq(group, optional(group), chars('base62', 23, 34)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-user-token',
    title: 'Slack user token',
    prefix: 'xoxp-',
    body: seq(repeated(group, 2, 3), chars('base62', 24, 34)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-configuration-token',
    title: 'Slack app configuration token',
    prefix: 'xoxe.xoxp-1-',
    body: chars('base62', 146, 180),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-refresh-token',
    title: 'Slack refresh token',
    prefix: 'xoxe-1-',
    body: chars('base62', 140, 180),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-app-token',
    title: 'Slack app-level token',
    prefix: 'xapp-',
    body: seq(chars('digits', 1), '-', chars('upperBase36', 9, 13), '-', chars('digits', 10, 14), '-', chars('hex', 64)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-legacy-token',
    title: 'Slack legacy workspace token',
    prefix: 'xoxs-',
    body: seq(repeated(group, 2, 3), chars('hex', 10, 64)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-cookie-token',
    title: 'Slack browser token',
    prefix: 'xoxc-',
    body: seq(repeated(group, 3), chars('hex', 64)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'slack-webhook-url',
    title: 'Slack incoming webhook',
    prefix: 'https://hooks.slack.com/services/',
    body: seq('T', chars('upperBase36', 8, 11), '/B', chars('upperBase36', 8, 11), '/', chars('base62', 22, 26)),
  }),
  token({
    ...of,
    id: 'slack-workflow-url',
    title: 'Slack workflow webhook',
    prefix: 'https://hooks.slack.com/workflows/',
    body: seq(
      'T',
      chars('upperBase36', 8, 11),
      '/A',
      chars('upperBase36', 8, 11),
      '/',
      chars('digits', 17, 19),
      '/',
      chars('base62', 23, 26),
    ),
  }),
];

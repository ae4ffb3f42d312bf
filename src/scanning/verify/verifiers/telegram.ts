import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const telegram: Verifier = {
  kind: 'telegram',
  detectors: ['telegram-bot-token', 'telegram-bot-url'],
  host: 'api.telegram.org',
  ask: (value) => ({ path: `/bot${encodeURIComponent(value)}/getMe`, headers: {} }),
  read: byStatus,
  source: 'https://core.telegram.org/bots/api#getme',
};

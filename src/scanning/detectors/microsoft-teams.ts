import type { Detector } from '../detector.ts';
import { chars, seq, uuid } from './shape.ts';

const path = seq('.webhook.office.com/webhookb2/', uuid, '@', uuid, '/IncomingWebhook/', chars('hex', 32), '/', uuid);

export const microsoftTeams: readonly Detector[] = [
  {
    id: 'microsoft-teams-webhook-url',
    provider: 'Microsoft Teams',
    title: 'Microsoft Teams incoming webhook',
    family: 'messaging',
    kind: 'structured',
    search: 'anywhere',
    anchors: ['.webhook.office.com/'],
    lead: 64,
    pattern: new RegExp(`(?<value>https://[a-z0-9-]{1,56}${path.source})(?![A-Za-z0-9-])`),
    reach: 64 + path.most,
    confidence: 'high',
    source: 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    examples(make) {
      const value = `https://acme${path.sample(make)}`;
      return {
        positive: [
          { text: value, value },
          { text: `TEAMS_URL="${value}"\n`, value },
        ],
        negative: ['https://acme.webhook.office.com/webhookb2/'],
      };
    },
  },
];

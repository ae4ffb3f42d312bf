import type { Detector } from '../detector.ts';
import { chars, type Shape, seq } from './shape.ts';

const of = {
  provider: 'Azure',
  family: 'clouds',
  kind: 'structured',
  search: 'anywhere',
  confidence: 'high',
  source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string',
} as const;

const key64: Shape = seq(chars('base64', 86), '==');
const key32: Shape = seq(chars('base64', 43), '=');

/** `NAME=value` inside a connection string. */
const setting = (id: string, title: string, name: string, value: Shape, before: string): Detector => ({
  ...of,
  id: `azure-${id}`,
  title: `Azure ${title}`,
  anchors: [`${name.toLowerCase()}=`],
  pattern: new RegExp(`(?<![A-Za-z])${name}=(?<value>${value.source})(?![A-Za-z0-9+/=])`),
  reach: name.length + 1 + value.most,
  examples(make) {
    const [one, two] = [value.sample(make), value.sample(make)];
    return {
      positive: [
        { text: `"${before}${name}=${one}"`, value: one },
        { text: `export CONNECTION='${before}${name}=${two};EntityPath=x'\n`, value: two },
      ],
      negative: [`${before}${name}=<key>`, `${before}${name}=${make.chars('base62', 20)}`],
    };
  },
});

const signature = '[A-Za-z0-9+/%]{43,66}(?:%3[Dd]|=)';

export const azureConnectionStrings: readonly Detector[] = [
  setting(
    'account-key',
    'storage or Cosmos DB account key',
    'AccountKey',
    key64,
    'DefaultEndpointsProtocol=https;AccountName=acme;',
  ),
  setting(
    'shared-access-key',
    'Service Bus, Event Hubs or IoT shared access key',
    'SharedAccessKey',
    key32,
    'Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=all;',
  ),
  setting(
    'access-key',
    'SignalR, Web PubSub or Communication Services access key',
    'AccessKey',
    key32,
    'Endpoint=https://acme.service.signalr.net;',
  ),
  {
    ...of,
    id: 'azure-app-configuration-secret',
    title: 'Azure App Configuration secret',
    anchors: ['.azconfig.io;'],
    pattern: /\.azconfig\.io;Id=[^;"'\s]{4,100};Secret=(?<value>[A-Za-z0-9+/]{36,100}={0,2})/,
    reach: 320,
    examples(make) {
      const value = key32.sample(make);
      return {
        positive: [{ text: `Endpoint=https://acme.azconfig.io;Id=${make.chars('base62', 12)};Secret=${value}\n`, value }],
        negative: ['Endpoint=https://acme.azconfig.io;Id=x;Secret=<secret>'],
      };
    },
  },
  {
    ...of,
    id: 'azure-sas-signature',
    title: 'Azure shared access signature',
    anchors: ['&sig=', ';sig='],
    lead: 424,
    // The signature comes last; the parameters before it make it one of Azure's.
    pattern: new RegExp(`\\bs[vepr]=[^\\s"'<>]{4,400}?&(?:amp;)?sig=(?<value>${signature})(?![A-Za-z0-9+/%])`),
    reach: 600,
    examples(make) {
      const value = `${make.chars('base62', 43)}%3D`;
      return {
        positive: [
          {
            text: `https://acme.blob.core.windows.net/models?sv=2024-11-04&ss=b&sp=rl&se=2030-01-01T00:00:00Z&sig=${value}`,
            value,
          },
        ],
        negative: ['https://acme.blob.core.windows.net/models?sv=2024-11-04&sig=<signature>'],
      };
    },
  },
];

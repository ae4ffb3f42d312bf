import type { Detector } from '../detector.ts';
import { type Alphabet, alphabets } from './maker.ts';
import { chars, type Shape, seq } from './shape.ts';

const of = {
  provider: 'Azure',
  kind: 'structured',
  search: 'anywhere',
  confidence: 'high',
  source: 'https://github.com/microsoft/security-utilities',
} as const;

interface Marked {
  readonly id: string;
  readonly title: string;
  readonly family: Detector['family'];
  readonly alphabet: Alphabet;
  /** Random characters before the marker. */
  readonly before: number;
  /** The letters by which the service that issued the key is known. */
  readonly marker: string;
  readonly after: Shape;
}

/** A key with the issuer's marker at a fixed place. */
function marked({ id, title, family, alphabet, before, marker, after }: Marked): Detector {
  const value = seq(chars(alphabet, before), marker, after);
  const members = alphabets[alphabet][0];
  return {
    ...of,
    id: `azure-${id}`,
    title: `Azure ${title}`,
    family,
    anchors: [marker.toLowerCase()],
    lead: before,
    pattern: new RegExp(`(?<![${members}])(?<value>${value.source})(?![${members}])`),
    reach: value.most,
    examples(make) {
      const [plain, assigned] = [value.sample(make), value.sample(make)];
      return {
        positive: [
          { text: plain, value: plain },
          { text: `KEY="${assigned}"\n`, value: assigned },
          { text: `{"key": "${assigned}", "region": "westeurope"}`, value: assigned },
        ],
        negative: [
          marker,
          `${make.chars('base62', 20)}${marker}${after.sample(make)}`,
          value.sample(make).replace(marker, 'ZZZZ'),
        ],
      };
    },
  };
}

const padding = seq(chars({ of: 'AQgw' }, 1), '==');
const tail = (alphabet: Alphabet, last: Shape | string): Shape => seq(chars(alphabet, 5), last);

export const azureMarkedKeys: readonly Detector[] = [
  marked({
    id: 'annotated-key',
    title: 'AI services or other annotated key',
    family: 'ml-providers',
    alphabet: 'base62',
    before: 52,
    marker: 'JQQJ9',
    after: seq(chars({ of: '9DH' }, 1), chars('base62', 26)),
  }),
  marked({
    id: 'devops-token',
    title: 'DevOps personal access token',
    family: 'code-hosts',
    alphabet: 'base62',
    before: 76,
    marker: 'AZDO',
    after: chars('base62', 4),
  }),
  marked({
    id: 'functions-key',
    title: 'Functions key',
    family: 'clouds',
    alphabet: 'base64url',
    before: 44,
    marker: 'AzFu',
    after: tail('base64url', padding),
  }),
  marked({
    id: 'search-key',
    title: 'AI Search key',
    family: 'databases',
    alphabet: 'base62',
    before: 42,
    marker: 'AzSe',
    after: seq(chars({ of: 'ABCD' }, 1), chars('base62', 5)),
  }),
  marked({
    id: 'container-registry-key',
    title: 'Container Registry key',
    family: 'registries',
    alphabet: 'base64',
    before: 42,
    marker: '+ACR',
    after: seq(chars({ of: 'ABCD' }, 1), chars('base64', 5)),
  }),
  marked({
    id: 'redis-key',
    title: 'Cache for Redis key',
    family: 'databases',
    alphabet: 'base62',
    before: 33,
    marker: 'AzCa',
    after: seq(chars({ of: 'ABCDEFGHIJKLMNOP' }, 1), chars('base62', 5), '='),
  }),
  marked({
    id: 'cosmos-key',
    title: 'Cosmos DB key',
    family: 'databases',
    alphabet: 'base64',
    before: 76,
    marker: 'ACDb',
    after: tail('base64', padding),
  }),
  marked({
    id: 'storage-key',
    title: 'Storage account key',
    family: 'clouds',
    alphabet: 'base64',
    before: 76,
    marker: '+ASt',
    after: tail('base64', padding),
  }),
  marked({
    id: 'batch-key',
    title: 'Batch account key',
    family: 'clouds',
    alphabet: 'base64',
    before: 76,
    marker: '+ABa',
    after: tail('base64', padding),
  }),
  marked({
    id: 'event-hub-key',
    title: 'Event Hubs key',
    family: 'messaging',
    alphabet: 'base64',
    before: 33,
    marker: '+AEh',
    after: seq(chars({ of: 'ABCDEFGHIJKLMNOP' }, 1), chars('base64', 5), '='),
  }),
  marked({
    id: 'service-bus-key',
    title: 'Service Bus key',
    family: 'messaging',
    alphabet: 'base64',
    before: 33,
    marker: '+ASb',
    after: seq(chars({ of: 'ABCDEFGHIJKLMNOP' }, 1), chars('base64', 5), '='),
  }),
  marked({
    id: 'iot-hub-key',
    title: 'IoT Hub key',
    family: 'clouds',
    alphabet: 'base64',
    before: 33,
    marker: 'AIoT',
    after: seq(chars({ of: 'ABCDEFGHIJKLMNOP' }, 1), chars('base64', 5), '='),
  }),
];

import type { Detector } from '../detector.ts';
import { azureConnectionStrings } from './azure-connection-strings.ts';
import { azureMarkedKeys } from './azure-marked-keys.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Azure', family: 'clouds', source: 'https://learn.microsoft.com/en-us/azure/' } as const;

const entraSecret = seq(
  chars('base62', 3),
  chars('digits', 1),
  'Q~',
  chars({ of: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-' }, 31, 34),
);

export const azure: readonly Detector[] = [
  ...azureMarkedKeys,
  ...azureConnectionStrings,
  {
    ...of,
    id: 'azure-entra-client-secret',
    title: 'Azure Entra client secret',
    kind: 'structured',
    search: 'anywhere',
    anchors: Array.from({ length: 10 }, (_, digit) => `${digit}q~`),
    lead: 3,
    pattern: new RegExp(
      `(?<![A-Za-z0-9_.~-])(?<value>[A-Za-z0-9_.~-]{3}[0-9]Q~${entraSecret.source.split('Q~')[1]})(?![A-Za-z0-9_.~-])`,
    ),
    reach: entraSecret.most,
    confidence: 'high',
    source: 'https://learn.microsoft.com/en-us/entra/identity-platform/quickstart-register-app',
    examples(make) {
      const value = `${make.chars('base62', 3)}8Q~${make.chars('base62', 34)}`;
      return {
        positive: [
          { text: value, value },
          { text: `AZURE_CLIENT_SECRET=${value}\n`, value },
          { text: `{"client_secret": "${value}"}`, value },
        ],
        negative: [`${make.chars('base62', 3)}8Q~${make.chars('base62', 12)}`],
      };
    },
  },
  keyed({
    ...of,
    id: 'azure-devops-legacy-token',
    title: 'Azure DevOps personal access token (legacy)',
    family: 'code-hosts',
    keywords: [
      'azure_devops',
      'azuredevops',
      'ado_pat',
      'ado_token',
      'devops_pat',
      'devops_token',
      'system_accesstoken',
      'vsts',
      'dev.azure.com',
      'visualstudio.com',
    ],
    value: chars({ of: 'abcdefghijklmnopqrstuvwxyz234567' }, 52),
  }),
  keyed({
    ...of,
    id: 'azure-client-secret',
    title: 'Azure Entra client secret (older form)',
    keywords: ['azure_client', 'arm_client', 'aad_client', 'azure_secret', 'azuread', 'entra'],
    value: seq(chars('base62', 1), chars({ of: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-' }, 31, 43)),
    confidence: 'medium',
  }),
  keyed({
    ...of,
    id: 'azure-cognitive-services-key',
    title: 'Azure AI or Cognitive Services key',
    family: 'ml-providers',
    keywords: [
      'azure_speech',
      'azure_cognitive',
      'cognitive_services',
      'ocp_apim',
      'azure_vision',
      'azure_translator',
      'azure_language',
      'bing_search',
      'bing_api',
      'bing_subscription',
      'face_api',
      'document_intelligence',
      'form_recognizer',
      'speech_key',
      'speech_subscription',
    ],
    value: chars('hex', 32),
  }),
  keyed({
    ...of,
    id: 'azure-search-admin-key',
    title: 'Azure AI Search admin key (legacy)',
    family: 'databases',
    keywords: ['azure_search', 'azuresearch', 'cognitive_search', 'search_admin'],
    value: chars('upperHex', 32),
  }),
  keyed({
    ...of,
    id: 'azure-function-host-key',
    title: 'Azure Functions host key (legacy)',
    keywords: ['azure_function', 'function_key', 'x_functions_key', 'functions_host'],
    value: seq(chars('base64', 54), '=='),
  }),
];

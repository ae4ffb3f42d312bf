import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Azure AI',
  family: 'ml-providers',
  source: 'https://github.com/mongodb/kingfisher/tree/main/data/rules',
} as const;

export const azureAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'azure-openai-key',
    title: 'Azure OpenAI key',
    keywords: [
      'azure_openai',
      'openai_azure',
      'azure_oai',
      'aoai',
      'openai.azure.com',
      'azureopenai',
      'openai_api_key',
      'openai.api_key',
    ],
    value: chars('hex', 32),
    seen: [
      'AZURE_OPENAI_API_KEY={}',
      'client = AzureOpenAI(azure_endpoint="https://x.openai.azure.com/", api_key="{}")',
      'openai.api_type = "azure"\nopenai.api_key = "{}"',
      'curl https://x.openai.azure.com/openai/deployments -H "api-key: {}"',
    ],
  }),
  keyed({
    ...of,
    id: 'azure-ml-endpoint-key',
    title: 'Azure Machine Learning endpoint key',
    keywords: ['azureml', 'azure_ml', 'ml.azure.com', 'inference.ml'],
    value: chars('base62', 32),
    source:
      'https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint (shape from practice, not published)',
    seen: ['curl https://x.westeurope.inference.ml.azure.com/score -H "Authorization: Bearer {}"'],
  }),
];

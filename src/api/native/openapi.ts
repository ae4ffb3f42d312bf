import { z } from 'zod';
import { type AnyEndpoint, noQuery } from './endpoint.ts';
import { errorSchema } from './error-answer.ts';

export const BASE = '/api/v1';

/** Statuses that every endpoint may answer with. */
const always = {
  '400': 'The request does not fit the endpoint.',
  '429': 'Too many requests; `Retry-After` says how long to wait.',
  '500': 'Something went wrong inside Watchword; `request_id` leads to the cause in its log.',
  '503': 'Sealed, not initialised, or unable to write the audit log.',
};
const withToken = {
  '403': 'The token is missing or invalid, or grants too little.',
  '404': 'There is nothing at this path.',
  '405': 'The path does not offer this operation.',
  '412': 'Another request changed the same thing meanwhile: send it again.',
};

/** The OpenAPI 3.1 document of our own API, made from the endpoints' schemas. */
export function describeApi(endpoints: readonly AnyEndpoint[]): object {
  const replies = endpoints.map(({ replyName, reply }) => [replyName, jsonSchema(reply)]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Watchword',
      version: '1',
      summary: "What Vault's API has no words for.",
      description: "Secrets themselves are read and written through Vault's API below `/v1`.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries([
      ...endpoints.map((endpoint) => [`${BASE}${endpoint.path}`, { get: operationOf(endpoint) }]),
      [`${BASE}/openapi.json`, { get: selfDescription }],
    ]),
    components: {
      schemas: Object.fromEntries([...replies, ['Error', jsonSchema(errorSchema)]]),
      securitySchemes: {
        vaultToken: { type: 'apiKey', in: 'header', name: 'X-Vault-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const selfDescription = {
  operationId: 'readOpenApi',
  summary: 'This document.',
  security: [],
  responses: { '200': { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } } },
};

function operationOf({ operationId, summary, description, authenticated, query, replyName }: AnyEndpoint): object {
  const errors = { ...always, ...(authenticated ? withToken : {}) };
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    security: authenticated ? [{ vaultToken: [] }, { bearer: [] }] : [],
    ...(query === noQuery ? {} : { parameters: parametersOf(query) }),
    responses: {
      '200': { description: summary, content: content(replyName) },
      ...Object.fromEntries(
        Object.entries(errors).map(([status, text]) => [status, { description: text, content: content('Error') }]),
      ),
    },
  };
}

function parametersOf(query: z.ZodObject): object[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...type } = jsonSchema(schema as z.ZodType);
    return { name, in: 'query', required: !z.safeParse(schema as z.ZodType, undefined).success, description, schema: type };
  });
}

function content(schema: string): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return rest;
}

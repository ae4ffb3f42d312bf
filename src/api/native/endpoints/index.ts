import type { AnyEndpoint } from '../endpoint.ts';
import { metadataEndpoint } from './metadata.ts';
import { roleLintEndpoint } from './roles.ts';
import { statusEndpoint, versionEndpoint } from './server.ts';
import { usageEndpoint } from './usage.ts';

/** Every endpoint below `/api/v1` but the description of them. */
export const endpoints: readonly AnyEndpoint[] = [
  versionEndpoint,
  statusEndpoint,
  metadataEndpoint,
  usageEndpoint,
  roleLintEndpoint,
];

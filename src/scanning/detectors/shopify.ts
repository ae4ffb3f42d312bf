import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Shopify', family: 'services', source: 'https://shopify.dev/docs/apps/auth' } as const;

export const shopify: readonly Detector[] = [
  token({ ...of, id: 'shopify-access-token', title: 'Shopify app access token', prefix: 'shpat_', body: chars('anyHex', 32) }),
  token({
    ...of,
    id: 'shopify-custom-app-token',
    title: 'Shopify custom app access token',
    prefix: 'shpca_',
    body: chars('anyHex', 32),
  }),
  token({
    ...of,
    id: 'shopify-private-app-token',
    title: 'Shopify private app access token',
    prefix: 'shppa_',
    body: chars('anyHex', 32),
  }),
  token({ ...of, id: 'shopify-shared-secret', title: 'Shopify shared secret', prefix: 'shpss_', body: chars('anyHex', 32) }),
];

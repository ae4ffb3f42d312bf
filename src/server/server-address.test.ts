import { expect, test } from 'vitest';
import { ServerAddress } from './server-address.ts';

test.for([
  [{ address: '127.0.0.1', port: 8200, tlsCertFile: undefined }, 8200, 'http://127.0.0.1:8200'],
  [{ address: '127.0.0.1', port: 0, tlsCertFile: undefined }, 40_123, 'http://127.0.0.1:40123'],
  [{ address: '::1', port: 0, tlsCertFile: 'chain.pem' }, 40_123, 'https://[::1]:40123'],
] as const)('%j, where port %i was opened, is reached at %s', ([configuration, opened, url]) => {
  const address = new ServerAddress(configuration);
  address.bound(opened);
  expect(address.url).toBe(url);
});

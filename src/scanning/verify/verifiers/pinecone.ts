import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const pinecone: Verifier = {
  kind: 'pinecone',
  detectors: ['pinecone-api-key'],
  host: 'api.pinecone.io',
  ask: (value) => ({ path: '/indexes', headers: { 'api-key': value } }),
  read: byStatus,
  source: 'https://docs.pinecone.io/reference/api/latest/control-plane/list_indexes',
};

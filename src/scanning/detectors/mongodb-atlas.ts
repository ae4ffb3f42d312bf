import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'MongoDB Atlas',
  family: 'databases',
  source: 'https://www.mongodb.com/docs/atlas/api/service-accounts-overview/',
} as const;

export const mongodbAtlas: readonly Detector[] = [
  token({
    ...of,
    id: 'mongodb-atlas-service-account-secret',
    title: 'MongoDB Atlas service account secret',
    prefix: 'mdb_sa_sk_',
    body: chars('base64url', 40),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'mongodb-atlas-private-key',
    title: 'MongoDB Atlas API private key',
    keywords: ['atlas_private', 'mongodb_atlas', 'atlas_api', 'mcli_private'],
    value: uuid,
  }),
];

import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'HashiCorp Vault',
  family: 'infrastructure',
  source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
} as const;

export const vault: readonly Detector[] = [
  token({
    ...of,
    id: 'vault-service-token',
    title: 'HashiCorp Vault service token',
    prefix: 'hvs.',
    body: chars('base64url', 24, 120),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'vault-batch-token',
    title: 'HashiCorp Vault batch token',
    prefix: 'hvb.',
    body: chars('base64url', 138, 300),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'vault-recovery-token',
    title: 'HashiCorp Vault recovery token',
    prefix: 'hvr.',
    body: chars('base64url', 24, 120),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'vault-legacy-token',
    title: 'HashiCorp Vault or OpenBao token (legacy form)',
    // The judge takes `s.name` for a member of something; 24 random characters beside "vault" are none.
    kind: 'structured',
    keywords: ['vault', 'openbao', 'bao'],
    value: seq('s.', chars('base62', 24)),
  }),
  keyed({
    ...of,
    id: 'vault-unseal-key',
    title: 'HashiCorp Vault unseal key',
    keywords: ['unseal'],
    value: seq(chars('base64', 43, 44), optional('=')),
  }),
  keyed({
    ...of,
    id: 'vault-approle-secret-id',
    title: 'HashiCorp Vault AppRole secret id',
    keywords: ['secret_id', 'approle'],
    value: uuid,
  }),
];

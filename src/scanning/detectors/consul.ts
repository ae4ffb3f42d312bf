import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'HashiCorp Consul',
  family: 'infrastructure',
  source: 'https://developer.hashicorp.com/consul/docs/security/acl',
} as const;

export const consul: readonly Detector[] = [
  keyed({ ...of, id: 'consul-acl-token', title: 'HashiCorp Consul ACL token', keywords: ['consul'], value: uuid }),
];

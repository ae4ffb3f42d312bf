import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'HashiCorp Nomad',
  family: 'infrastructure',
  source: 'https://developer.hashicorp.com/nomad/docs/concepts/acl',
} as const;

export const nomad: readonly Detector[] = [
  keyed({
    ...of,
    id: 'nomad-acl-token',
    title: 'HashiCorp Nomad ACL token',
    keywords: ['nomad_token', 'x_nomad', 'nomad_secret'],
    value: uuid,
  }),
];

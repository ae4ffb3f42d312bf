import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'kubeadm',
  family: 'infrastructure',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
} as const;

export const kubeadm: readonly Detector[] = [
  keyed({
    ...of,
    id: 'kubeadm-certificate-key',
    title: 'kubeadm certificate key',
    keywords: ['certificate_key'],
    value: chars('hex', 64),
  }),
];

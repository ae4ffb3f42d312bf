import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Argo CD', family: 'continuous-integration', source: 'https://argo-cd.readthedocs.io/' } as const;

export const argocd: readonly Detector[] = [
  keyed({
    ...of,
    id: 'argocd-admin-password',
    title: 'Argo CD initial admin password',
    keywords: ['argocd_admin', 'argocd_password', 'argocd_initial'],
    value: chars('base62', 16),
  }),
];

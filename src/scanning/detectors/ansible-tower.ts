import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Ansible automation controller',
  family: 'infrastructure',
  source: 'https://docs.ansible.com/automation-controller/latest/html/userguide/applications_auth.html',
} as const;

export const ansibleTower: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ansible-tower-oauth-token',
    title: 'Ansible automation controller OAuth token',
    keywords: ['tower_oauth', 'controller_oauth', 'awx'],
    value: chars('base62', 30),
  }),
];

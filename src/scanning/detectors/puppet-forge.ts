import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Puppet Forge', family: 'infrastructure', source: 'https://forge.puppet.com/' } as const;

export const puppetForge: readonly Detector[] = [
  keyed({
    ...of,
    id: 'puppet-forge-api-key',
    title: 'Puppet Forge API key',
    keywords: ['puppet', 'forge_api'],
    value: chars('hex', 64),
  }),
];

import type { Detector } from '../detector.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Axiom', family: 'monitoring', source: 'https://axiom.co/docs/reference/tokens' } as const;

export const axiom: readonly Detector[] = [
  token({ ...of, id: 'axiom-api-token', title: 'Axiom API token', prefix: 'xaat-', body: uuid }),
  token({ ...of, id: 'axiom-personal-token', title: 'Axiom personal access token', prefix: 'xapt-', body: uuid }),
];

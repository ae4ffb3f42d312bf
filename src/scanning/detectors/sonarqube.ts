import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'SonarQube',
  family: 'continuous-integration',
  source: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
} as const;

export const sonarqube: readonly Detector[] = [
  token({ ...of, id: 'sonarqube-user-token', title: 'SonarQube user token', prefix: 'squ_', body: chars('hex', 40) }),
  token({
    ...of,
    id: 'sonarqube-project-token',
    title: 'SonarQube project analysis token',
    prefix: 'sqp_',
    body: chars('hex', 40),
  }),
  token({
    ...of,
    id: 'sonarqube-global-token',
    title: 'SonarQube global analysis token',
    prefix: 'sqa_',
    body: chars('hex', 40),
  }),
  keyed({ ...of, id: 'sonarqube-legacy-token', title: 'SonarQube token (legacy)', keywords: ['sonar'], value: chars('hex', 40) }),
];

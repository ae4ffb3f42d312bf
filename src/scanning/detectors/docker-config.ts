import type { Detector } from '../detector.ts';
import { anchored, around, password } from './anchored.ts';
import { checkBasic } from './checks/basic.ts';
import type { Maker } from './maker.ts';

const auth = (make: Maker): string => Buffer.from(`train:${password(make)}`).toString('base64');

const q = String.raw`\\{0,3}"`;

export const dockerConfig: readonly Detector[] = [
  anchored({
    id: 'docker-registry-auth',
    provider: 'Docker',
    title: 'Registry login in a Docker configuration',
    family: 'configuration-files',
    anchors: ['"auth"', '"auth\\'],
    pattern: new RegExp(
      String.raw`"auth${q}\s{0,8}:\s{0,8}${q}(?<value>(?:[A-Za-z0-9+/]{4}){2,1000}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==))(?=${q})`,
    ),
    reach: 4040,
    confidence: 'medium',
    check: checkBasic,
    source: 'https://docs.docker.com/reference/cli/docker/login/#credential-stores',
    positive: around(
      auth,
      (value) => `{"auths": {"https://index.docker.io/v1/": {"auth": "${value}"}}}`,
      (value) => `{\n\t"auths": {\n\t\t"cr.acme.io": {\n\t\t\t"auth": "${value}"\n\t\t}\n\t}\n}`,
      (value) => `DOCKER_AUTH_CONFIG='{\\"auths\\":{\\"cr.acme.io\\":{\\"auth\\":\\"${value}\\"}}}'`,
    ),
    negative: () => ['{"auths": {"cr.acme.io": {}}, "credsStore": "desktop"}', '{"auth": "required"}'],
  }),
  anchored({
    id: 'docker-identity-token',
    provider: 'Docker',
    title: 'Identity token in a Docker configuration',
    family: 'configuration-files',
    anchors: ['"identitytoken"', '"registrytoken"'],
    pattern: /"(?:identitytoken|registrytoken)"\s{0,8}:\s{0,8}"(?<value>[A-Za-z0-9+/=_.-]{16,6000})(?=")/,
    reach: 6040,
    source: 'https://docs.docker.com/reference/cli/docker/login/#credential-helper-protocol',
    positive: around(
      (make) => make.chars('base64url', 80),
      (value) => `{"auths": {"acme.azurecr.io": {"auth": "", "identitytoken": "${value}"}}}`,
    ),
    negative: () => ['{"identitytoken": ""}'],
  }),
];

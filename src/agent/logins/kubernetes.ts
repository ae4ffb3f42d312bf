import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

/** Where Kubernetes mounts the default token, and where our examples mount one that is meant for us alone. */
const PROJECTED = '/var/run/secrets/watchword/token';
const DEFAULT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export const kubernetesLogin: Login = {
  kind: 'kubernetes',
  summary: `role; the service account token from jwt=@FILE, token_path=FILE, ${PROJECTED} or ${DEFAULT}`,
  async detect({ env, file }) {
    if (!env['KUBERNETES_SERVICE_HOST']) return undefined;
    for (const path of [PROJECTED, DEFAULT]) if ((await file(path)) !== undefined) return `a service account token in ${path}`;
    return undefined;
  },
  async logIn({ on, post, words: { role, jwt: given, token_path: path } }) {
    if (role === undefined) missing('Say which role to log in with: --role NAME.');
    if (given) return post('login', { role, jwt: given });
    if (given === '') missing('What was given as jwt is empty.');
    const paths = path === undefined ? [PROJECTED, DEFAULT] : [path];
    for (const candidate of paths) {
      const jwt = (await on.file(candidate))?.trim();
      if (jwt) return post('login', { role, jwt });
    }
    return missing(
      `There is no service account token in ${paths.join(' or ')}: project one into the pod, or say token_path=FILE.`,
    );
  },
};

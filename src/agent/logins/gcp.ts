import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

/** Metadata server of Google's machines: https://cloud.google.com/compute/docs/metadata */
const METADATA = 'http://metadata.google.internal/computeMetadata/v1/instance';
const headers = { 'Metadata-Flavor': 'Google' };

export const gcpLogin: Login = {
  kind: 'gcp',
  summary: 'role; an identity token of the machine from the metadata server, or from jwt_path=FILE (audience=TEXT)',
  async detect({ ask }) {
    const id = await ask({ url: `${METADATA}/id`, headers });
    return id === undefined ? undefined : "Google's metadata server";
  },
  async logIn({ on, post, words: { role, jwt_path: path, audience, service_account: account = 'default' } }) {
    if (role === undefined) missing('Say which role to log in with: --role NAME.');
    const query = new URLSearchParams({ audience: audience ?? `vault/${role}`, format: 'full' });
    const url = `${METADATA}/service-accounts/${encodeURIComponent(account)}/identity?${query}`;
    const jwt = path === undefined ? await on.ask({ url, headers }) : await on.file(path);
    if (jwt) return post('login', { role, jwt: jwt.trim() });
    return missing("Google's metadata server gave no identity token: say jwt_path=FILE, or run where it answers.");
  },
};

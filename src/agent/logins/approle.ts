import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

export const approleLogin: Login = {
  kind: 'approle',
  summary: 'role_id=TEXT; the secret id from secret_id_path=FILE or WATCHWORD_SECRET_ID, or it is asked for',
  async logIn({ on, post, askSecret, words: { role_id, secret_id_path: path } }) {
    const roleId = role_id ?? on.env['WATCHWORD_ROLE_ID'];
    if (roleId === undefined) missing('Say which role id to log in with: role_id=TEXT, or WATCHWORD_ROLE_ID.');
    const given = path === undefined ? on.env['WATCHWORD_SECRET_ID'] : await on.file(path);
    if (path !== undefined && given === undefined) missing('There is no secret id in the file named by secret_id_path.');
    return post('login', { role_id: roleId, secret_id: (given ?? (await askSecret('Secret id: '))).trim() });
  },
};

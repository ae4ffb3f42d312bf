import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

export const userpassLogin: Login = {
  kind: 'userpass',
  summary: 'username=TEXT; the password is asked for, or read from standard input',
  async logIn({ on, post, askSecret, words: { username = on.env['USER'] } }) {
    if (username === undefined) missing('Say who you are: username=TEXT.');
    return post(`login/${username}`, { password: await askSecret('Password: ') });
  },
};

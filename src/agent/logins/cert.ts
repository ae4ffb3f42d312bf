import type { Login } from './login.ts';

export const certLogin: Login = {
  kind: 'cert',
  summary: 'the certificate of the connection (--client-cert and --client-key); name=TEXT names one role of several',
  async logIn({ post, words: { name, role = name } }) {
    return post('login', role === undefined ? {} : { name: role });
  },
};

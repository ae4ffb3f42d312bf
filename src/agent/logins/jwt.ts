import { platformToken, platformTokenFound } from '../platform-tokens.ts';
import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

export const jwtLogin: Login = {
  kind: 'jwt',
  summary:
    'role; the token from jwt=@FILE, jwt_path=FILE, or from the CI system this runs in (audience=TEXT asks for that audience)',
  detect: platformTokenFound,
  async logIn({ on, post, words: { role, jwt: given, jwt_path: path, audience } }) {
    if (role === undefined) missing('Say which role to log in with: --role NAME.');
    if (given) return post('login', { role, jwt: given });
    if (given === '') missing('What was given as jwt is empty.');
    const jwt = path === undefined ? await platformToken(on, audience) : (await on.file(path))?.trim();
    if (jwt) return post('login', { role, jwt });
    return missing(
      path === undefined
        ? 'No platform that hands out tokens was found here: say jwt_path=FILE.'
        : 'There is no token in the file named by jwt_path.',
    );
  },
};

import { WatchwordError } from '../../../../foundation/errors.ts';
import { secret, texts } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { roleRoutes } from './role-routes.ts';

const named = ({ params }: WireRequest) => ({ name: params['name'] });

/** Vault takes bcrypt hashes that others made; here every password is hashed in one way. */
function refuseHash(body: WireRequest['body'], name: string): undefined {
  if (body[name] === undefined || body[name] === null) return undefined;
  throw new WatchwordError('request.invalid', `${name} is not supported: send the password, which is hashed with scrypt here`, {
    where: name,
  });
}

/** User names and passwords. */
export const userpassRoutes: readonly AnyRoute[] = [
  ...roleRoutes({
    operations: 'userpass.users',
    path: 'users',
    fields: [field('password', secret, { hidden: true }), field('password_hash', refuseHash, { hidden: true })],
  }),
  route({
    method: 'POST',
    pattern: 'login/:name',
    operation: 'userpass.login',
    decode: (request) => ({ ...named(request), password: secret(request.body, 'password') }),
    encode: authReply,
  }),
  route({
    method: 'POST',
    pattern: 'users/:name/password',
    operation: 'userpass.password',
    decode(request) {
      refuseHash(request.body, 'password_hash');
      return { ...named(request), password: secret(request.body, 'password') };
    },
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'users/:name/policies',
    operation: 'userpass.policies',
    decode: (request) => ({
      ...named(request),
      policies: texts(request.body, 'token_policies') ?? texts(request.body, 'policies') ?? [],
    }),
    encode: nothing,
  }),
];

import { secret, texts } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { roleRoutes } from './role-routes.ts';

const named = ({ params }: WireRequest) => ({ name: params['name'] });

/** User names and passwords. */
export const userpassRoutes: readonly AnyRoute[] = [
  ...roleRoutes({
    operations: 'userpass.users',
    path: 'users',
    fields: [field('password', secret, { hidden: true })],
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
    decode: (request) => ({ ...named(request), password: secret(request.body, 'password') }),
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

import { z } from 'zod';
import { addressGroup } from '../../access/limiter.ts';
import { type AnyOperation, type ChangeContext, definePreparedChange, type ReadContext } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import { type RefusalReasons, refusedLogin } from '../login-refusal.ts';
import { lintTokenParameters } from '../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../logins/token-parameters.ts';
import { subjectByName } from '../logins/workload.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';
import { type PasswordHash, Passwords } from './userpass/passwords.ts';

export interface UserpassUser extends TokenParameters {
  readonly password?: PasswordHash | undefined;
}

/** What is told of a user: everything but the password. */
type Told = Omit<UserpassUser, 'password'>;
interface Named {
  readonly name: string;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'userpass.users', UserpassUser> {
    'userpass.login': { input: Named & { password: Secret }; output: IssuedToken };
    'userpass.password': { input: Named & { password: Secret }; output: null };
    'userpass.policies': { input: Named & { policies: readonly string[] }; output: null };
  }
}

const reasons: RefusalReasons = {
  'userpass.password': 'The password is wrong.',
  'userpass.busy': 'More passwords are waiting to be checked than are checked at once.',
};

/** As Vault does it: users are the same in any case. */
const userName = nameSchema.transform((name) => name.toLowerCase());
const password = secretSchema.refine((secret) => secret.length <= 1024, 'is longer than 1024 bytes');
const newPassword = password.refine((secret) => secret.length > 0, 'missing password');

/** People and programs that are known by a password of ours: for where nothing better is there. */
export const userpassMethod: AuthMethod = {
  kind: 'userpass',
  summary: 'user name and password',
  vouching: 'long-lived',
  rolesAt: 'users',
  reasons,
  lint: (role) => lintTokenParameters(role, { outside: false }),
  operations(on) {
    const users = new GuardedRecords<UserpassUser>(on.records, 'role');
    return new Userpass(on, users).operations();
  },
};

class Userpass {
  readonly #on: MethodDependencies;
  readonly #users: GuardedRecords<UserpassUser>;
  readonly #passwords = new Passwords();

  constructor(on: MethodDependencies, users: GuardedRecords<UserpassUser>) {
    this.#on = on;
    this.#users = users;
  }

  operations(): AnyOperation[] {
    const path = (what: string) => (input: Named, mount: { readonly path: string }) => `${mount.path}users/${input.name}${what}`;
    const event = { class: 'access-change', activity: 'update' } as const;
    return [
      ...roleOperations<UserpassUser>({
        prefix: 'userpass.users',
        noun: 'user',
        path: 'users',
        records: this.#users,
        fields: tokenParameterFields,
        written: { password: newPassword },
        initial: noTokenParameters,
        nameOf: (name) => name.toLowerCase(),
        clear: ['policies', 'owner'],
        tell: ({ password: _password, ...user }: UserpassUser): Told => user,
        prepare: async ({ password: given, ...changes }) =>
          given === undefined ? changes : { ...changes, password: await this.#passwords.hash(given as Secret) },
        forget: (name, context) => this.#on.logins.forget(name, context),
        check({ password: kept }) {
          if (kept === undefined) throw new WatchwordError('login.invalid', 'missing password', { where: 'password' });
        },
      }),
      definePreparedChange<'userpass.login'>({
        name: 'userpass.login',
        summary: 'Log in with user name and password.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ name: userName, password }),
        attempt: { of: ({ name }) => name, guessable: true },
        path: ({ name }, mount) => `${mount.path}login/${name}`,
        event: { class: 'login', activity: 'login', clear: ['name'] },
        prepare: (input, context) => this.#login(input, context),
      }),
      definePreparedChange<'userpass.password'>({
        name: 'userpass.password',
        summary: 'Change the password of a user.',
        capability: 'update',
        input: z.object({ name: userName, password: newPassword }),
        path: path('/password'),
        event: { ...event, clear: ['name'] },
        prepare: async ({ name, password: given }) => {
          const hashed = await this.#passwords.hash(given);
          return (inside) => this.#change(name, { password: hashed }, inside);
        },
      }),
      definePreparedChange<'userpass.policies'>({
        name: 'userpass.policies',
        summary: 'Change the policies of a user.',
        capability: 'update',
        input: z.object({ name: userName, policies: tokenParameterFields.policies }),
        path: path('/policies'),
        event: { ...event, clear: ['name', 'policies'] },
        prepare:
          async ({ name, policies }) =>
          (inside) =>
            this.#change(name, { policies }, inside),
      }),
    ];
  }

  async #login({ name, password: given }: { name: string; password: Secret }, context: ReadContext) {
    const user = await this.#users.find(context.reader, context.mount, name);
    const right = await this.#passwords.isRight(given, user?.password, addressGroup(context.call.remote.address));
    if (user === undefined) throw refusedLogin('role.unknown');
    if (!right) throw refusedLogin('userpass.password');
    return this.#on.logins.admit(
      {
        workload: {
          method: 'userpass',
          subject: subjectByName(context.mount.id, name, user),
          displayName: name,
          claims: { username: name },
        },
        role: { collection: 'role', name },
        parameters: user,
        metadata: { username: name },
        alias: { name, metadata: {} },
        confirm: async ({ tx, mount }) => {
          if ((await this.#users.find(tx, mount, name)) !== user) throw new WatchwordError('store.raced');
        },
      },
      context,
    );
  }

  async #change(name: string, changes: Partial<UserpassUser>, { tx, mount }: ChangeContext): Promise<null> {
    const user = await this.#users.find(tx, mount, name);
    if (user === undefined) throw new WatchwordError('login.invalid', 'username does not exist', { where: 'username' });
    await this.#users.put(tx, mount, name, { ...user, ...changes });
    return null;
  }
}

import { z } from 'zod';
import { type AnyOperation, defineStaged } from '../../access/operation.ts';
import { pathSchema } from '../../foundation/bounds.ts';
import type { Principal } from '../../foundation/principal.ts';
import { accountByKey, RootAccount } from '../accounts/account.ts';
import { PasswordChange, type PasswordChangeDependencies } from '../accounts/password-change.ts';
import { forgetAccount } from '../accounts/password-change-table.ts';
import { currentTarget, type EngineSettings, engineNameSchema, engineOf, invalid, missingConnection } from '../settings.ts';

const system: Principal = {
  method: 'system',
  id: 'passwords',
  displayName: 'passwords',
  namespace: 'root',
  session: '',
  policies: [],
  attributes: {},
};

export interface PasswordOperationsDependencies extends PasswordChangeDependencies {
  readonly settings: EngineSettings;
}

/** Changing the password of the configured account, and whatever is due. */
export function passwordOperations(dependencies: PasswordOperationsDependencies): AnyOperation[] {
  const { settings } = dependencies;
  return [
    defineStaged<'engine.connections.rotate'>({
      name: 'engine.connections.rotate',
      summary: 'Change the password of the configured account: afterwards nobody but us knows it.',
      capability: 'update',
      input: z.object({ name: engineNameSchema }),
      path: ({ name }, mount) => `${mount.path}rotate-root/${name}`,
      event: { class: 'access-change', activity: 'update', clear: ['name'] },
      async prepare({ name }, { reader, mount }) {
        const connection = await settings.connections.find(reader, mount, name);
        if (connection === undefined) throw missingConnection(mount, name);
        if (engineOf(connection).connection.account === undefined) throw invalid('name', 'this engine changes no passwords');
        const account = new RootAccount(settings, currentTarget(mount, name, connection));
        return new PasswordChange(dependencies, {
          account,
          undo: async () => true,
        });
      },
    }),
    defineStaged<'engine.passwords.maintain'>({
      name: 'engine.passwords.maintain',
      summary: 'Change the password of an account that is due, or bring a change to its end that was interrupted.',
      authentication: 'none',
      capability: 'update',
      input: z.object({ account: pathSchema }),
      attempt: { of: () => 'passwords', guessable: false },
      path: ({ account }, mount) => `${mount.path}leases/passwords/${account}`,
      event: { class: 'access-change', activity: 'update', clear: ['account'] },
      async prepare({ account: key }, { identify, reader }) {
        identify(system);
        const account = accountByKey(settings, key);
        if ((await account.read(reader)) !== undefined) {
          return new PasswordChange(dependencies, { account });
        }
        return {
          begin: ({ tx }) => forgetAccount(tx, key),
          reach: async () => undefined,
          conclude: async () => null,
        };
      },
    }),
  ];
}

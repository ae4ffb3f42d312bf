import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';
import { openTestDoor, type TestDoor } from './test-door.ts';
import { testAction, testChange, testRead, thingMigration } from './test-operations.ts';

const nameIn = (input: unknown) => (input as { name: string }).name;
export const options = { migrations: [thingMigration] };
/** A door with one operation of each sort. */
export const open = () =>
  openTestDoor(
    [
      testRead('read'),
      testChange('write'),
      testAction('act'),
      testRead('public', { authentication: 'none', perform: async () => ({ open: true }) }),
      testRead('health', {
        authentication: 'none',
        whileSealed: true,
        perform: async () => ({ healthy: true }),
        event: { class: 'entity-change', activity: 'read', clear: [], recorded: false },
      }),
      testRead('mine', { authorization: 'session', perform: async () => null }),
      testChange('danger', { sudo: true }),
      testChange('sometimes', { sudo: (input) => nameIn(input) === 'a' }),
      testChange('upsert', {
        capability: async (input) => (nameIn(input) === 'new' ? 'create' : 'update'),
        perform: async (_input, { capability }) => ({ capability }),
      }),
      testChange('either', { otherwise: (input) => (nameIn(input) === 'a' ? 'read' : undefined) }),
      testRead('broken', {
        perform: async () => {
          throw new TypeError(`cannot read ${'canary'}\n    at canary`);
        },
      }),
    ],
    options,
  );

export const value = (text: string) => ({ name: 'a', value: Secret.fromText(text) });
export const rejection = async (answer: Promise<unknown>): Promise<WatchwordError> => {
  try {
    await answer;
  } catch (error) {
    if (error instanceof WatchwordError) return error;
    throw error;
  }
  throw new Error('it was answered');
};
export const codeOf = async (answer: Promise<unknown>) => (await rejection(answer)).code;
export const storedValue = ({ look }: TestDoor, name = 'a') =>
  look('SELECT value FROM test_thing WHERE name = ?', name)[0]?.['value'];
export const marks = ({ look }: TestDoor) => look('SELECT intent FROM change_applied').map(({ intent }) => intent);

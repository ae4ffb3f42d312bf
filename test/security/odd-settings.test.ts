import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Seeded } from '../crash/seeded.ts';
import type { Reply } from '../testing/guarded-api.ts';
import { type Configured, Methods, type Settings } from './configured-methods.ts';

const KINDS = ['jwt', 'kubernetes', 'gcp', 'azure', 'aws', 'cert', 'slurm', 'oidc'];
/** As JSON text: what no program would write. A second value stands for the same name come twice. */
const odd: readonly string[] = [
  'null',
  'true',
  'false',
  '""',
  '0',
  '-1',
  '7',
  '1.5',
  '-0',
  '1e308',
  '1e999',
  '-9007199254740993',
  '123456789012345678901234567890',
  '"7"',
  '"-1"',
  '"1e3"',
  '"9999999999h"',
  '"NaN"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"__proto__"',
  '"constructor"',
  '"../.."',
  '"a/b"',
  '"*"',
  '"https://[::1"',
  '"http://127.0.0.1:1/"',
  '"{{identity.entity.id}}"',
  '",,,"',
  '"[]"',
  '"{\\"a\\":"',
  `"${'x'.repeat(100_000)}"`,
  `"${'x,'.repeat(5_000)}"`,
  '[]',
  '[null]',
  '[[1]]',
  '[""]',
  '["\\u0000"]',
  '["\\ud800"]',
  '["__proto__","toString"]',
  `[${'"x",'.repeat(5_000)}"x"]`,
  '{}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":1}}',
  '{"toString":"x","hasOwnProperty":"y"}',
  '{"":""}',
  '{"a":{"b":{"c":[{}]}}}',
  `${'['.repeat(60)}${']'.repeat(60)}`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `{"a":${'{"a":'.repeat(55)}1${'}'.repeat(55)}}`,
];

let methods: Methods;
let token: string;
beforeAll(async () => {
  methods = await Methods.open();
  token = methods.api.on.root.text;
});
afterAll(() => methods[Symbol.asyncDispose]());

const at = ({ kind }: Configured, { path }: Settings) => `/v1/auth/${kind}/${path}`;
const post = (path: string, body: unknown) => methods.api.send('POST', path, { token, body });
const read = async (path: string) => (await methods.api.send('GET', path, { token })).json?.data as Record<string, unknown>;

async function write(method: Configured, settings: Settings): Promise<void> {
  if (settings.kept !== true) await methods.api.send('DELETE', at(method, settings), { token });
  const { status, text } = await post(at(method, settings), settings.body);
  expect({ taken: status < 300, text }).toMatchObject({ taken: true });
}

/** The right change, and the odd one beside it. */
function bodyWith({ right }: Settings, field: string, value: string, twice: boolean): string {
  const members = Object.entries(right).map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`);
  const named = `${JSON.stringify(field)}:${value}`;
  return `{${[...(twice ? [`${JSON.stringify(field)}:"first"`] : []), ...members, named].join(',')}}`;
}

const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'success',
    ({ code, kind }: { readonly code?: string; readonly kind?: string }) => `${kind} ${code}`,
  );

interface Told {
  readonly method: Configured;
  readonly settings: Settings;
  readonly field: string;
  readonly value: string;
}
const named = ({ method, settings, field, value }: Told) => `${method.kind}/${settings.path} ${field}=${value.slice(0, 60)}`;

/** Writes it, and looks at what is left. Gives whether it was taken. */
async function attack(told: Told, before: object, twice: boolean): Promise<boolean> {
  const { method, settings, field, value } = told;
  const path = at(method, settings);
  const { status, text }: Reply = await post(path, bodyWith(settings, field, value, twice));
  expect({ [named(told)]: status, text: status >= 500 ? text : '' }).toEqual({
    [named(told)]: expect.toSatisfy((given: number) => given < 500),
    text: '',
  });
  const after = await read(path);
  if (status >= 400) {
    expect({ [named(told)]: after }).toEqual({ [named(told)]: before });
    return false;
  }
  const login = await outcome(method.logIn());
  expect({ [named(told)]: login }).toEqual({ [named(told)]: expect.not.stringMatching(/^(internal|corrupt|undefined)/) });
  return true;
}

describe.each(KINDS)('the settings and roles of %s', (kind) => {
  const method = () => methods.all.find((one) => one.kind === kind) as Configured;
  beforeAll(async () => {
    for (const settings of method().settings) await write(method(), settings);
  });

  test('let the caller in that they are made for', async () => {
    await expect(method().logIn()).resolves.toBeDefined();
  });

  test('are never broken, changed in part, or an incident, whatever is written', async () => {
    const random = new Seeded(KINDS.indexOf(kind));
    const count = { refused: 0, taken: 0 };
    for (const settings of method().settings) {
      const before = await read(at(method(), settings));
      const fields = [...Object.keys(before), ...(settings.hidden ?? []), '__proto__', 'constructor', 'no_such_field'];
      for (const field of fields) {
        for (const value of odd) {
          // A quarter of all, another one for each field: the rest takes its time, and says little that is new.
          if (random.below(4) > 0) continue;
          const told = { method: method(), settings, field, value };
          if (!(await attack(told, before, random.below(8) === 0))) {
            count.refused += 1;
            continue;
          }
          count.taken += 1;
          await write(method(), settings);
        }
        expect({ field, after: await read(at(method(), settings)) }).toEqual({ field, after: before });
        expect({ field, login: await outcome(method().logIn()) }).toEqual({ field, login: 'success' });
      }
    }
    expect(count.refused).toBeGreaterThan(100);
    expect(methods.api.logged).toEqual([]);
  });
});

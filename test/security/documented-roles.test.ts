import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Methods } from './configured-methods.ts';

const docs = join(import.meta.dirname, '../../docs');
const MACHINES = ['kubernetes', 'slurm', 'gcp', 'aws', 'azure', 'cert'];

let methods: Methods;
beforeAll(async () => {
  methods = await Methods.open();
  for (const { kind, settings } of methods.all) {
    for (const { path, body } of settings) expect((await send(`auth/${kind}/${path}`, body)).status).toBeLessThan(300);
  }
  for (const kind of ['approle', 'userpass']) await methods.api.on.mountMethod(kind);
  await methods.api.on.mountMethod('jwt', 'github');
  await send('auth/github/config', { platform: 'github' });
});
afterAll(() => methods[Symbol.asyncDispose]());

const send = (path: string, body: object) => methods.api.send('POST', `/v1/${path}`, { token: methods.api.on.root.text, body });

interface Written {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** The roles that a page writes, by the path below `auth/`: as arguments, or as JSON from standard input. */
function rolesOf(page: string): Written[] {
  const text = readFileSync(join(docs, page), 'utf8').replaceAll(/\\\n\s*/g, '');
  return [...text.matchAll(/watchword write (auth\/\S+\/(?:role|certs|users)\/[\w-]+) (.*)\n(\{[\s\S]*?\n\})?/g)].flatMap(
    ([, path = '', rest = '', json]) => {
      const body = rest.startsWith('- <<') ? JSON.parse(json ?? '') : argumentsOf(rest);
      return [{ path, body }];
    },
  );
}

function argumentsOf(rest: string): Record<string, string> {
  const pairs = [...rest.matchAll(/(\w+)=(?:'([^']*)'|(\$\([^)]*\))|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name = '', quoted, command, plain]) => [name, quoted ?? command ?? plain ?? '']));
}

/** What the pages leave to the reader: files, ids. */
function filledIn({ path, body }: Written): Written {
  const known: Record<string, unknown> = {
    certificate: methods.all.find(({ kind }) => kind === 'cert')?.settings.at(-1)?.body['certificate'],
    bound_iam_principal_id: `AROA${'A'.repeat(16)}`,
    password: 'of the reader',
  };
  return { path, body: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, known[name] ?? value])) };
}

const pages: readonly (readonly [page: string, roles: number, findings: readonly string[]])[] = [
  ...MACHINES.filter((kind) => kind !== 'cert' && kind !== 'gcp').map((kind) => [`reference/auth/${kind}.md`, 1, []] as const),
  ['reference/auth/gcp.md', 2, []],
  // The page says why.
  ['reference/auth/cert.md', 2, ['wildcard']],
  ['reference/auth/jwt.md', 1, []],
  ['reference/auth/oidc.md', 1, []],
  ['reference/auth/approle.md', 1, []],
  ['reference/auth/userpass.md', 1, []],
  ['tutorial/a-training-job-without-a-password.md', 1, []],
  ['how-to/log-in-from-github-actions.md', 1, []],
];

test.each(pages)('role lint names nothing in the roles of %s that the page does not mention', async (page, count, expected) => {
  const roles = rolesOf(page);
  expect(roles).toHaveLength(count);
  const found: string[] = [];
  for (const role of roles) {
    const { path, body } = filledIn(role);
    const written = await send(path, body);
    expect(written, written.text).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) });
    const { output } = await methods.api.on.perform(methods.api.on.root, 'roles.lint', {});
    const linted = output?.roles.find((one) => one.path === path) ?? expect.unreachable();
    found.push(...linted.findings.map(({ rule }) => rule));
  }
  expect(found).toEqual(expected);
});

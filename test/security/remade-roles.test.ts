import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Secret } from '../../src/foundation/secret.ts';
import { Methods } from './configured-methods.ts';

const KINDS = ['jwt', 'kubernetes', 'gcp', 'azure', 'aws', 'cert', 'slurm', 'oidc'];

let methods: Methods;
let token: string;
beforeAll(async () => {
  methods = await Methods.open();
  token = methods.api.on.root.text;
});
afterAll(() => methods[Symbol.asyncDispose]());

test('a bound that was written empty is told to bind nothing, however it was written', async () => {
  const kubernetes = methods.all.find(({ kind }) => kind === 'kubernetes') ?? expect.unreachable();
  for (const { path, body } of kubernetes.settings) {
    await methods.api.send('POST', `/v1/auth/kubernetes/${path}`, { token, body });
  }
  for (const empty of ['', []]) {
    const body = { bound_service_account_uids: empty };
    const { json } = await methods.api.send('POST', '/v1/auth/kubernetes/role/train', { token, body });
    expect(json.warnings).toContainEqual(expect.stringContaining('bound_service_account_uids was given empty'));
  }
});

describe.each(KINDS)('a role of %s that is deleted and made again as it was', (kind) => {
  const method = () => methods.all.find((one) => one.kind === kind) ?? expect.unreachable();
  const send = (verb: string, path: string, body?: unknown) =>
    methods.api.send(verb, `/v1/auth/${kind}/${path}`, { token, ...(body === undefined ? {} : { body }) });
  const role = () => method().settings.at(-1) ?? expect.unreachable();
  const renew = (accessor: string) => methods.api.send('POST', '/v1/auth/token/renew-accessor', { token, body: { accessor } });

  async function accessorOfLogin(): Promise<string> {
    const { output } = (await method().logIn()) as { output: { accessor: string; token: Secret } };
    return output.accessor;
  }

  test('renews no token that the old one gave, and the tokens of its own', async () => {
    const { settings } = method();
    for (const { path, body } of settings) expect((await send('POST', path, body)).status).toBeLessThan(300);
    const old = await accessorOfLogin();
    // The certificate of the login is asked for besides, and nobody shows it here.
    if (kind === 'cert') await send('POST', 'config', { disable_binding: true });
    expect((await renew(old)).status).toBe(200);

    expect((await send('POST', role().path, { owner: 'another team' })).status).toBeLessThan(300);
    expect((await renew(old)).status).toBe(200);

    expect((await send('DELETE', role().path)).status).toBe(204);
    expect((await send('POST', role().path, role().body)).status).toBeLessThan(300);
    const refused = await renew(old);
    expect(refused).toMatchObject({ status: 400, json: { errors: [expect.stringContaining('made anew')] } });
    expect((await renew(await accessorOfLogin())).status).toBe(200);
  });

  test('tells nobody which of the two it is, and lets nobody say so', async () => {
    const { path, body } = role();
    const before = (await send('GET', path)).json.data;
    expect(Object.keys(before).filter((name) => /incarnation/i.test(name))).toEqual([]);
    const old = await accessorOfLogin();
    await send('DELETE', path);
    await send('POST', path, { ...body, incarnation: '00000000-0000-4000-8000-000000000000' });
    expect((await send('GET', path)).json.data).toEqual({ ...before, owner: 'team' });
    expect((await renew(old)).status).toBe(400);
  });
});

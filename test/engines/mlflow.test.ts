import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newMlflowConnection } from '../../src/leases/engines/mlflow/connection.ts';
import { type MlflowRole, newMlflowRole } from '../../src/leases/engines/mlflow/role.ts';
import { mlflowEngine } from '../../src/leases/engines/mlflow.ts';
import { freePort } from '../testing/daemon.ts';
import { type Mlflow, type MlflowAccount, startMlflow } from '../testing/mlflow.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const { mlflow } = inject('services');
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };

describe.skipIf(!mlflow)('mlflow, at a real server', () => {
  let server: Mlflow;
  const started = Promise.withResolvers<Mlflow>();
  beforeAll(async () => {
    server = await startMlflow(mlflow ?? '');
    for (const name of ['churn', 'fraud']) {
      await server.asAdmin('POST', '2.0/mlflow/experiments/create', { name });
      await server.asAdmin('POST', '2.0/mlflow/registered-models/create', { name });
    }
    started.resolve(server);
  }, 100_000);
  afterAll(() => server?.stop());

  const settings = (more: object = {}) => ({
    ...newMlflowConnection,
    url: server.url,
    tlsCa: server.tlsCa,
    username: server.admin.username,
    password: Secret.fromText(server.admin.password),
    ...more,
  });
  const open = (more: object = {}) => mlflowEngine.open(settings(more), on);
  const accountIn = (output: Output): MlflowAccount => ({
    username: String(output['username']),
    password: (output['password'] as Secret).text,
  });
  async function ask(role: Partial<MlflowRole>) {
    const whole = { ...newMlflowRole, ...role };
    mlflowEngine.role.check(whole);
    const lease = newLease();
    return { lease, role: whole, material: await mlflowEngine.prepare(whole, lease, on, {}), handle: undefined };
  }
  /** What each request of a user is answered. */
  const statusOf = async (account: MlflowAccount, method: string, path: string, body?: object) =>
    (await server.ask(account, method, `2.0/mlflow/${path}`, body)).status;
  const experiment = async (name: string): Promise<string> =>
    (await server.asAdmin('GET', `2.0/mlflow/experiments/get-by-name?experiment_name=${name}`)).experiment.experiment_id;

  conformanceSuite({
    engine: mlflowEngine,
    startMs: 100_000,
    async start() {
      await started.promise;
      await server.asAdmin('POST', '2.0/mlflow/users/create', { username: 'powerless', password: 'weak-but-long-enough' });
      return {
        connection: settings(),
        role: { experiments: [{ name: 'churn', permission: 'READ' }] },
        powerless: settings({ username: 'powerless', password: Secret.fromText('weak-but-long-enough') }),
        wrongPassword: settings({ password: Secret.fromText('quite wrong and long') }),
        nobody: settings({ url: `https://127.0.0.1:${await freePort()}` }),
        async logIn(output) {
          const use = async () => {
            const status = await statusOf(accountIn(output), 'GET', 'experiments/get-by-name?experiment_name=churn');
            if (status !== 200) throw new Error(String(status));
          };
          await use();
          return { use, async close() {} };
        },
        stop: async () => {},
      };
    },
  });

  test('a pipeline writes and an inference service reads one model, and neither does what the other does', async () => {
    const roles = { pipeline: 'EDIT', inference: 'READ' } as const;
    const target = open();
    const accounts: Record<string, MlflowAccount> = {};
    for (const [name, permission] of Object.entries(roles)) {
      const asked = await ask({ registeredModels: [{ name: 'churn', permission }] });
      accounts[name] = accountIn((await target.create(asked, within(20_000))).output);
    }
    const [pipeline, inference] = [accounts['pipeline'], accounts['inference']];
    if (pipeline === undefined || inference === undefined) throw new Error('nothing was issued');
    const version = { name: 'churn', source: 'mlflow-artifacts:/1/models/m-1/artifacts' };
    expect(await statusOf(inference, 'POST', 'model-versions/create', version)).toBe(403);
    expect(await statusOf(inference, 'PATCH', 'registered-models/update', { name: 'churn', description: 'evil' })).toBe(403);
    expect(await statusOf(inference, 'DELETE', 'registered-models/delete', { name: 'churn' })).toBe(403);
    expect(await statusOf(inference, 'GET', 'registered-models/get?name=churn')).toBe(200);
    expect(await statusOf(pipeline, 'PATCH', 'registered-models/update', { name: 'churn', description: 'new' })).toBe(200);
    expect(await statusOf(pipeline, 'DELETE', 'registered-models/delete', { name: 'churn' })).toBe(403);
    for (const account of [pipeline, inference]) {
      expect(await statusOf(account, 'GET', 'registered-models/get?name=fraud')).toBe(403);
      expect(await statusOf(account, 'GET', `experiments/get?experiment_id=${await experiment('churn')}`)).toBe(403);
      expect(await statusOf(account, 'POST', 'users/create', { username: 'mine', password: 'long enough for it' })).toBe(403);
      expect(await statusOf(account, 'PATCH', 'users/update-admin', { username: account.username, is_admin: true })).toBe(403);
      const more = { username: account.username, resource_type: 'registered_model', resource_id: 'fraud', permission: 'MANAGE' };
      expect((await server.ask(account, 'POST', '3.0/mlflow/users/permissions/grant', more)).status).toBe(403);
    }
  }, 60_000);

  test('the official client works with it, and not after it was revoked', async () => {
    const asked = await ask({
      experiments: [{ name: 'churn', permission: 'EDIT' }],
      registeredModels: [{ name: 'churn', permission: 'EDIT' }],
    });
    const target = open();
    const account = accountIn((await target.create(asked, within(20_000))).output);
    const script = [
      'from mlflow import MlflowClient',
      'client = MlflowClient()',
      "run = client.create_run(client.get_experiment_by_name('churn').experiment_id)",
      "client.log_metric(run.info.run_id, 'auc', 0.9)",
      "version = client.create_model_version('churn', run.info.artifact_uri + '/model', run.info.run_id)",
      "client.set_registered_model_alias('churn', 'champion', version.version)",
      "print(client.get_model_version_by_alias('churn', 'champion').run_id == run.info.run_id)",
    ];
    expect(await server.python(account, script.join('\n'))).toBe('True');
    await target.revoke(asked, within(20_000));
    await expect(server.python(account, script.join('\n'))).rejects.toThrow('401');
  }, 120_000);

  test('what users create beyond their role stays theirs, and is nobody’s once they are gone', async () => {
    const asked = await ask({ registeredModels: [{ name: 'churn', permission: 'READ' }] });
    const target = open();
    const account = accountIn((await target.create(asked, within(20_000))).output);
    expect(await statusOf(account, 'POST', 'registered-models/create', { name: 'of-a-lease' })).toBe(200);
    expect(await statusOf(account, 'DELETE', 'registered-models/delete', { name: 'churn' })).toBe(403);
    await target.revoke(asked, within(20_000));
    expect(await statusOf(account, 'GET', 'registered-models/get?name=of-a-lease')).toBe(401);
    expect(await statusOf(server.admin, 'GET', 'registered-models/get?name=of-a-lease')).toBe(200);
  }, 60_000);

  test('a user that changes its password is revoked all the same', async () => {
    const asked = await ask({ experiments: [{ name: 'churn', permission: 'READ' }] });
    const target = open();
    const account = accountIn((await target.create(asked, within(20_000))).output);
    const changed = { username: account.username, password: 'chosen by the user', current_password: account.password };
    expect(await statusOf(account, 'PATCH', 'users/update-password', changed)).toBe(200);
    await target.revoke(asked, within(20_000));
    const after = { username: account.username, password: 'chosen by the user' };
    expect(await statusOf(after, 'GET', 'experiments/get-by-name?experiment_name=churn')).toBe(401);
  }, 60_000);

  test('nothing is given of what is not there, and no user is left behind', async () => {
    const target = open();
    for (const role of [
      { experiments: [{ name: 'nowhere', permission: 'READ' }] },
      { experiments: [{ id: '99', permission: 'READ' }] },
      { registeredModels: [{ name: "x'; DROP TABLE users; --", permission: 'READ' }] },
    ] as const) {
      const asked = await ask(role);
      await expect(target.create(asked, within(20_000))).rejects.toMatchObject({ kind: 'refused' });
      expect(await target.probe(asked, within(20_000))).toBeUndefined();
      expect(await target.check([asked.role], within(20_000))).toEqual([
        expect.objectContaining({ what: expect.stringContaining('give rights on the ') }),
      ]);
    }
  }, 60_000);

  test('models may be called as people call them', async () => {
    const target = open();
    for (const name of ['a & b=c?d#e', '模型 权重', `it's "quoted" %2F`]) {
      await server.asAdmin('POST', '2.0/mlflow/registered-models/create', { name });
      const asked = await ask({ registeredModels: [{ name, permission: 'READ' }] });
      const account = accountIn((await target.create(asked, within(20_000))).output);
      expect([name, await statusOf(account, 'GET', `registered-models/get?name=${encodeURIComponent(name)}`)]).toEqual([
        name,
        200,
      ]);
      expect(await statusOf(account, 'GET', 'registered-models/get?name=churn')).toBe(403);
      await target.revoke(asked, within(20_000));
    }
  }, 60_000);

  test('many at once are all good, and the same twice at once is one', async () => {
    const target = open();
    const asked = await Promise.all(
      Array.from({ length: 4 }, () => ask({ experiments: [{ name: 'churn', permission: 'READ' }] })),
    );
    const [first] = asked;
    if (first === undefined) throw new Error('nothing was asked');
    const made = await Promise.all([...asked, first].map((each) => target.create(each, within(60_000))));
    for (const { output } of made) {
      expect(await statusOf(accountIn(output), 'GET', 'experiments/get-by-name?experiment_name=churn')).toBe(200);
    }
    await Promise.all([...asked, first].map((each) => target.revoke(each, within(60_000))));
    for (const { output } of made) {
      expect(await statusOf(accountIn(output), 'GET', 'experiments/get-by-name?experiment_name=churn')).toBe(401);
    }
  }, 120_000);

  test('another password is set and told from wrong ones, also the administrator’s own', async () => {
    const target = open();
    await server.asAdmin('POST', '2.0/mlflow/users/create', { username: 'static', password: 'first and long enough' });
    for (const text of ['with "quotes\' and \\', 'with:colon and long', 'Pässwörter 日本 lang']) {
      const [right, wrong] = [Secret.fromText(text), Secret.fromText(`${text}x`)];
      await target.setPassword?.('static', right, within(20_000));
      await target.setPassword?.('static', right, within(20_000));
      expect(await target.verifyPassword?.('static', right, within(20_000))).toBe(true);
      expect(await target.verifyPassword?.('static', wrong, within(20_000))).toBe(false);
    }
    await expect(target.setPassword?.('not-there', Secret.fromText('long enough for it'), within(20_000))).rejects.toMatchObject({
      kind: 'refused',
    });
    const own = { username: 'second-admin', password: 'first and long enough' };
    await server.asAdmin('POST', '2.0/mlflow/users/create', own);
    await server.asAdmin('PATCH', '2.0/mlflow/users/update-admin', { username: own.username, is_admin: true });
    const second = open({ username: own.username, password: Secret.fromText(own.password) });
    const next = Secret.fromText('second and long enough');
    await second.setPassword?.(own.username, next, within(20_000));
    await second.setPassword?.(own.username, next, within(20_000));
    expect(await second.verifyPassword?.(own.username, next, within(20_000))).toBe(true);
    await expect(second.check([], within(20_000))).rejects.toMatchObject({ kind: 'refused' });
  }, 60_000);

  test('a server whose certificate nobody vouches for is refused', async () => {
    await expect(open({ tlsCa: '' }).check([], within(10_000))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('certificate'),
    });
  });

  test('no password stands in what the server prints', async () => {
    const asked = await ask({ experiments: [{ name: 'churn', permission: 'READ' }] });
    await open().create(asked, within(20_000));
    expect(server.log()).toContain('users/create');
    expect(server.log()).not.toContain(asked.material.password.text);
    expect(server.log()).not.toContain(server.admin.password);
  }, 30_000);

  test('a server that was killed in between is unreachable, and knows its users afterwards', async () => {
    const asked = await ask({ experiments: [{ name: 'churn', permission: 'READ' }] });
    const target = open();
    await target.create(asked, within(20_000));
    await server.kill();
    await expect(target.revoke(asked, within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
    await server.restart();
    await target.revoke(asked, within(20_000));
    expect(await target.probe(asked, within(20_000))).toBeUndefined();
  }, 120_000);
});

test.skipIf(!mlflow)(
  'a server where everybody may read everything is told so, and gives nobody more than the role knows of',
  async () => {
    const server = await startMlflow(mlflow ?? '', { defaultPermission: 'READ' });
    try {
      await server.asAdmin('POST', '2.0/mlflow/registered-models/create', { name: 'churn' });
      const { url, tlsCa, admin } = server;
      const connection = {
        ...newMlflowConnection,
        url,
        tlsCa,
        username: admin.username,
        password: Secret.fromText(admin.password),
      };
      const target = mlflowEngine.open(connection, on);
      const role: MlflowRole = { ...newMlflowRole, registeredModels: [{ name: 'churn', permission: 'EDIT' }] };
      const lease = newLease();
      const asked = { lease, role, material: await mlflowEngine.prepare(role, lease, on, {}), handle: undefined };
      expect(await target.check([role], within(20_000))).toEqual([
        expect.objectContaining({ remedy: expect.stringContaining('default_permission = NO_PERMISSIONS') }),
      ]);
      await expect(target.create(asked, within(20_000))).rejects.toMatchObject({ kind: 'refused' });
      expect(await target.probe(asked, within(20_000))).toBeUndefined();
      const knowing = { ...role, defaultPermission: 'READ' as const };
      expect(await target.check([knowing], within(20_000))).toEqual([]);
      await target.create({ ...asked, role: knowing }, within(20_000));
    } finally {
      await server.stop();
    }
  },
  120_000,
);

import type { Maker } from '../../../src/scanning/detectors/maker.ts';
import type { Family } from './silence.ts';

const hex = (length: number) => (make: Maker) => make.chars('hex', length);
const word = (length: number) => (make: Maker) => make.chars('base62', length);
const base64 = (bytes: number) => (make: Maker) => make.bytes(bytes).toString('base64');
const uuid = (make: Maker) => make.uuid();

/** Keys and tokens that find records, and what is encrypted or hashed under the name of a secret. */
const lines: readonly (readonly [string, (make: Maker) => string, (value: string) => string])[] = [
  ['a.py', hex(32), (v) => `experiment = ExistingExperiment(previous_experiment="${v}")\nexperiment_key = "${v}"`],
  ['meta.yaml', hex(32), (v) => `run_key: ${v}\nlifecycle_stage: active`],
  ['results.json', hex(24), (v) => `{"trial_key": "${v}", "value": 0.3}`],
  ['a.log', hex(12), (v) => `resumed, checkpoint_key=step_1200-${v}`],
  ['scene.json', hex(32), (v) => `[{"token": "${v}", "timestamp": 1532402927647951, "prev": "", "next": ""}]`],
  ['boxes.json', hex(32), (v) => `{"sample_token": "${v}", "translation": [1.0, 2.0, 0.5]}`],
  ['poses.json', hex(32), (v) => `{"ego_pose_token": "${v}", "camera": "front"}`],
  ['items.jsonl', word(21), (v) => `{"id": "a1b2", "key": "${v}", "label": 3}`],
  ['rows.json', uuid, (v) => `{"dataset_key": "${v}", "rows": 12}`],
  ['labels.json', word(18), (v) => `{"annotation_key": "${v}", "class": "car"}`],
  ['shards.jsonl', hex(40), (v) => `{"clip_key": "${v}", "frames": 16}`],
  ['state.json', hex(16), (v) => `{"_indices_key": "${v}", "_split": "train"}`],
  ['cache.go', hex(24), (v) => `redisKey := "session:token:${v}"`],
  ['cache.py', uuid, (v) => `LOCK_KEY = "lock:job:${v}"`],
  ['cache.ts', hex(40), (v) => `const snapshotKey = "${v}";`],
  ['ci.yml', hex(64), (v) => `      with:\n        key: pip-${v}\n        restore-keys: pip-`],
  ['orders.xml', hex(32), (v) => `<cart_token>${v}</cart_token>`],
  ['orders.yaml', hex(4), (v) => `order_key: ORD-20260111-${v.toUpperCase()}`],
  ['page.html', base64(64), (v) => `<input type="hidden" name="authenticity_token" value="${v}">`],
  ['form.html', word(64), (v) => `<input type="hidden" name="csrfmiddlewaretoken" value="${v}">`],
  ['trace.har', base64(16), (v) => `{"name": "sec-websocket-key", "value": "${v}"}`],
  ['list.json', word(40), (v) => `{"value": [], "skipToken": "${v}"}`],
  ['call.json', uuid, (v) => `{"ClientToken": "${v}", "Action": "RunInstances"}`],
  ['flags.ts', hex(32), (v) => `const anonymousKey = '${v}';`],
  ['pom.xml', hex(8), (v) => `<sonar.projectKey>acme_loader-${v}</sonar.projectKey>`],
  ['events.txt', hex(8), (v) => `  Normal  Pulled  secret "acme-${v}" mounted`],
  ['describe.txt', hex(5), (v) => `Mountable secrets:   builder-dockercfg-${v}`],
  ['Podfile.yml', hex(40), (v) => `  TokenKit: ${v}`],
  ['news.yaml', word(16), (v) => `authored_by: ${v}\nkeynote: ${v}`],
  ['deploy.yaml', base64(80), (v) => `  secretEnv:\n    ACME_SECRET: CiQA${v}`],
  ['app.yaml', base64(100), (v) => `encrypted_password: ${v}`],
  ['app.properties', base64(40), (v) => `spring.mail.password=ENC(${v})`],
  ['settings.xml', base64(36), (v) => `<server><password>{${v}}</password></server>`],
  ['seed.sql', base64(32), (v) => `CREATE ROLE ml LOGIN PASSWORD 'SCRAM-SHA-256$4096:${v}:${v}';`],
  ['users.yaml', word(53), (v) => `  - name: ml\n    passwd: "bcrypt_sha256$$2b$12$${v}"`],
  ['jupyter.json', base64(16), (v) => `{"password": "argon2:$argon2id$v=19$m=10240,t=10,p=8$${v}$${v}"}`],
  ['.htpasswd', word(22), (v) => `train:$apr1$${v.slice(0, 8)}$${v}`],
  ['shadow', word(86), (v) => `train:$6$${v.slice(0, 16)}$${v}:19000:0:99999:7:::`],
  ['icons.ts', base64(120), (v) => `const tokenIcon = "R0lGODlhAQAB${v}";`],
  ['sums.txt', hex(64), (v) => `SHA-256 (key.zip) = ${v}`],
  ['weights.py', hex(16), (v) => `TOKENIZER_XXH64 = "${v}"`],
  ['compose.yml', hex(4), (v) => `      POSTGRES_PASSWORD: ${'$'}{POSTGRES_PASSWORD:?must be set ${v}}`],
  ['pipeline.yml', hex(4), (v) => `    password: ((registry-password-${v}))`],
];

export const records: readonly Family[] = lines.map(([path, sample, line]) => ({
  group: 'records and what is encrypted',
  path,
  text: (make) => `${line(sample(make))}\n`,
}));

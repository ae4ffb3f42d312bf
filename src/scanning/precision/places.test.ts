import { describe, expect, test } from 'vitest';
import { genericKey } from '../detectors/generic-key.ts';
import { genericPassword } from '../detectors/generic-password.ts';
import { keyed } from '../detectors/keyed.ts';
import { Maker } from '../detectors/maker.ts';
import { serverUrls } from '../detectors/server-urls.ts';
import { chars } from '../detectors/shape.ts';
import { slowPath } from '../engine/slow-path.ts';

const make = new Maker('places');
const acme = keyed({
  id: 'acme-key',
  provider: 'Acme',
  title: 'Acme key',
  family: 'services',
  keywords: ['acmeco'],
  value: chars('base64', 40),
  notBeside: 'A-Za-z0-9_+/=-',
  source: 'this test',
});
const detectors = [...genericKey, ...genericPassword, ...serverUrls, acme];
const found = (text: string, path = 'notes.txt') => [
  ...new Set(slowPath(detectors, Buffer.from(text), { path }).map((hit) => hit.value.toString())),
];
const token = make.chars('base62', 32);
const uuid = [8, 4, 4, 4, 12].map((length) => make.chars('hex', length)).join('-');

describe('nothing is found', () => {
  test('in keys that browsers are given', () => {
    const values = [`pk_live_${token}`, `phc_${make.chars('base62', 43)}`, `pk.eyJ${make.chars('base62', 60)}`];
    for (const value of values) expect(found(`ANALYTICS_TOKEN="${value}"\n`), value).toEqual([]);
    expect(found(`ANALYTICS_TOKEN="sk_live_${token}"\n`)).toHaveLength(1);
  });

  test('in keys on a keyboard', () => {
    for (const value of ['C-S-f12', 'ctrl+shift+t', 'Cmd+Opt+F5']) expect(found(`secret_key = "${value}"\n`), value).toEqual([]);
  });
});

describe('a literal is found', () => {
  test.for([
    ['as the default of a variable of Terraform', 'variable "api_key" {\n  type    = string\n  default = "{}"\n}\n'],
    ['in the environment of PowerShell', '$env:ACMECO_API_KEY = "{}"\n'],
    ['as what a setter is given', 'client.setSecretAccessKey("{}");'],
    ['as what a builder is given', 'Client.builder().acmecoAccessKey("{}").build();'],
    ['set in a C shell', 'setenv SERVICE_TOKEN {}\n'],
    ['handed to a store of secrets', 'gh secret set SERVICE_TOKEN --body "{}"\n'],
    ['as the value of a named variable', '{"service_token": {"value": "{}"}}'],
    ['in the head of a page', '<meta name="service-token" content="{}">'],
    ['in a property list', '<key>ServiceToken</key>\n<string>{}</string>'],
    ['where nothing was set', 'ENV["SERVICE_TOKEN"] ||= "{}"\n'],
    ['after a look-up that may fail', 'service_token = os.environ.get("SERVICE_TOKEN") or "{}"\n'],
    ['in Visual Basic', 'Dim serviceToken As String = "{}"\n'],
    ['on the next line of a message', 'here is the acmeco key:\n{}\nbye\n'],
  ] as const)('%s', ([, text]) => {
    const value = text.includes('ACMECO') || text.includes('acmeco') ? make.chars('base62', 40) : token;
    expect(found(text.replace('{}', value))).toEqual([value]);
  });

  test('in Base64 that begins like a path, or ends like a comparison', () => {
    for (const value of [`/${make.chars('base62', 18)}/${make.chars('base62', 20)}`, `${make.bytes(32).toString('base64')}`]) {
      expect(found(`ACMECO_API_KEY=${value}\n`), value).toEqual([value]);
      expect(found(`service_key: ${value}\n`), value).toEqual([value]);
    }
  });

  test('in hexadecimal digits of which most are letters', () => {
    const value = `86cace4eccf1fb6d7${make.chars('hex', 4)}de3b20e87ce5e0f85c0b264`;
    expect(found(`SERVICE_TOKEN: ${value}\n`)).toEqual([value]);
  });

  test('after a mark that means something elsewhere in YAML', () => {
    for (const mark of ['*', '!']) expect(found(`password: ${mark}${token}\n`)).toEqual([`${mark}${token}`]);
    expect(found('password: *default_password\nsecret: !vault\n')).toEqual([]);
  });

  test('as a password in a URL, whatever the user is called', () => {
    const value = `${make.chars('letters', 5)}4${make.chars('letters', 5)}`;
    for (const user of ['ml_user', 'owner', 'service-role'])
      expect(found(`https://${user}:${value}@git.acme.dev/x.git`), user).toEqual([value]);
  });

  test('as one word and a number under the name of a password, and not under another name', () => {
    expect(found('db_password = "Gustav_1842"\n')).toEqual(['Gustav_1842']);
    expect(found('secret_label = "Gustav_1842"\nsecret = "worker-12"\n')).toEqual([]);
  });
});

describe('a cell of a notebook holds more than a program', () => {
  test.for([
    ['a setting', 'SERVICE_PASSWORD={}\n'],
    ['a line of YAML', 'password: {}\n'],
    ['a line magic', '%env SERVICE_PASSWORD={}\n'],
    ['a command', '!mytool login --password {}\n'],
    ['a container', 'docker run -e DB_PASSWORD={} acme/app\n'],
    ['an element', '<password>{}</password>\n'],
  ] as const)('%s', ([, text]) => {
    expect(found(text.replace('{}', 'Gustav1842x'), 'train.ipynb')).toEqual(['Gustav1842x']);
  });

  test('a UUID is no name of a program', () => {
    expect(found(`service_token: ${uuid}, x\n`, 'train.ipynb')).toEqual([uuid]);
  });

  test('but names in a program stay names', () => {
    expect(found('login(password=userSecret2)\npassword = next_password2,\n', 'train.ipynb')).toEqual([]);
  });
});

describe('nothing is found in', () => {
  const hex = make.chars('hex', 40);
  test.for([
    ['a commit in a change log', `* fix the acmeco client (${hex})\n`],
    ['a checksum of a secret', `checksum/secret: ${make.chars('hex', 64)}\n`],
    ['a hash as an attribute', `<artifact name="acmeco"><sha256 value="${hex}"/></artifact>\n`],
    ['the key of a cache', 'restore-keys: pip-linux-x64-v3-\n'],
    ['an event of payments', `"eventKey": "evt_${make.chars('base62', 24)}"`],
    ['an address of a contract', `"tokenAddress": "0x${hex}"`],
    ['a public identifier', `did:key:z6Mk${make.chars('base62', 44)}\n`],
    ['a key that sites show', `acmeco_site_key: "${make.chars('base62', 40)}"`],
    ['the name of a type', `"AWS::ApiGateway::ApiKey": "${make.chars('hex', 16)}"`],
    ['what is encrypted', `db.password=ENC(${make.bytes(24).toString('base64')})\n`],
    ['doubled marks', 'secret_key = "@@SECRET_KEY_2@@"\n'],
    ['an escaped placeholder', 'secret_key = "&lt;API_KEY1&gt;"\n'],
    ['the key of a message', `partition=3 key=${make.chars('hex', 24)} value=null\n`],
    ['the key of an item', `"sort_key": "ORDER#1", "gsi1_pk_key": "${make.chars('hex', 32)}"`],
    ['the name of an object', 'volume "a" : secret "db-credentials-w8tnq4gens" not found\n'],
    [
      'a password that is hashed',
      `"password": "pbkdf2_sha256$260000$${make.chars('base62', 22)}$${make.bytes(32).toString('base64')}"`,
    ],
    ['a row', `{"id": "a1", "key": "${make.chars('base62', 21)}"}`],
    ['a row that points at others', `[{"token": "${make.chars('hex', 32)}", "prev": "", "next": "b2"}]`],
    ['the key of a cache in parts', `redisKey = "auth:token:${make.chars('hex', 24)}"\n`],
    ['a variable that must be set', `DB_PASSWORD: ${'$'}{DB_PASSWORD:?must-be-set-1}\n`],
    ['a secret of a cluster by its name', `  Normal  Pulled  secret "acme-${make.chars('hex', 8)}" mounted\n`],
    ['what Maven encrypts', `<password>{${make.bytes(36).toString('base64')}}</password>`],
    ['a checksum of a named file', `SHA-256 (key.zip) = ${make.chars('hex', 64)}\n`],
    ['runs of letters', 'secret_key = "aaaabbbbccccdddd1111"\n'],
  ] as const)('%s', ([, text]) => expect(found(text)).toEqual([]));
});

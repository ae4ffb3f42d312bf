import { describe, expect, test } from 'vitest';
import { slowPath } from '../engine/slow-path.ts';
import { keyed } from './keyed.ts';
import { Maker } from './maker.ts';
import { chars } from './shape.ts';

const detector = (keyword: string) =>
  keyed({
    id: 'example-key',
    provider: 'Example',
    title: 'Example key',
    family: 'services',
    keywords: [keyword],
    value: chars('hex', 40),
    source: 'this test',
  });
const make = new Maker('keyed');
const value = make.chars('hex', 40);
const found = (keyword: string, text: string, path = 'src/train.py') =>
  slowPath([detector(keyword)], Buffer.from(text.replace('{}', value)), { path }).map((hit) => hit.value.toString());

describe('a keyword names the value', () => {
  test.for([
    ['in the environment', 'export ACMECO_API_KEY={}\n'],
    ['as a default', 'key = os.getenv("ACMECO_API_KEY", "{}")'],
    ['with a type', 'let acmeco_key: &str = "{}";'],
    ['in a class of settings', 'acmeco_api_key: SecretStr = Field(default="{}")'],
    ['as an argument of a command', 'tool --acmeco-api-key {} --fast'],
    ['as the user of a command', 'curl https://api.acmeco.com -u {}:'],
    ['in a header', 'requests.get("https://api.acmeco.com/v1", headers={"Authorization": "Bearer {}"})'],
    ['two lines below an address', 'curl https://api.acmeco.com/v1 \\\n  -H "Accept: */*" \\\n  -H "Authorization: Bearer {}"'],
    ['below a section', '[acmeco]\nuser = me\ntoken = {}\n'],
    ['in a nested object', '{"acmeco": {\n  "model": "x",\n  "apiKey": "{}"\n}}'],
    ['beside its name', '- name: ACMECO_API_KEY\n  value: {}\n'],
    ['in .netrc', 'machine api.acmeco.com\n  login me\n  password {}\n'],
    ['as the first argument, on the next line', 'client = Acmeco(\n    api_key="{}",\n)'],
    ['in an address', 'GET https://acmeco.com/v1?q=1&api_key={}&page=2'],
    ['in XML', '<add key="AcmecoApiKey" value="{}" />'],
    ['in a property list', '<key>AcmecoApiKey</key>\n<string>{}</string>'],
    ['in escaped JSON', String.raw`"os.environ[\"ACMECO_API_KEY\"] = \"{}\"\n"`],
    ['in prose', 'the acmeco key is {}'],
    ['in a table', '| acmeco | {} |'],
  ] as const)('%s', ([, text]) => {
    expect(found('acmeco', text, 'notes.txt')).toEqual([value]);
  });
});

describe('it is somebody else or something else', () => {
  test.for([
    ['a commit', 'acmeco @ git+https://example.com/acmeco/sdk@{}'],
    ['a digest', 'acmeco: { sha1: "{}" }'],
    ['part of an address', 'https://example.com/acmeco/{}/raw'],
    ['an identifier', 'acmeco_run_id = "{}"'],
    ['the hash of a file', '"src/acmeco.ts": "{}"'],
    ['the name of a file', 'acmeco_weights = "{}.bin"'],
    ['the key of the next provider', 'ACMECO_API_KEY=\nOTHER_API_KEY={}'],
    ['the key of the next section', 'acmeco:\n  api_key: $KEY\nother:\n  api_key: {}'],
    ['longer', 'ACMECO_API_KEY={}0'],
    ['before the keyword', '{}  acmeco'],
  ] as const)('%s', ([, text]) => expect(found('acmeco', text)).toEqual([]));
});

test('a short keyword stands alone or begins a part of a camel-cased name', () => {
  for (const name of ['exa', 'EXA_API_KEY', 'myExaKey', 'exaApiKey', 'ExaClient(key', 'EXAKEY', 'exa-key']) {
    expect(found('exa', `${name} = "{}"`), name).toEqual([value]);
  }
  for (const name of ['example_key', 'EXAMPLE_KEY', 'hexa_key', 'HexaKey', 'Example key']) {
    expect(found('exa', `${name} = "{}"`), name).toEqual([]);
  }
});

test('the separators of a keyword may be any or none', () => {
  for (const name of ['acme_cloud', 'acme-cloud', 'acme.cloud', 'acmeCloud', 'ACMECLOUD', 'Acme Cloud']) {
    expect(found('acme_cloud', `${name} key = "{}"`), name).toEqual([value]);
  }
});

test('a value that nothing calls a key is less sure', () => {
  const sure = (text: string) => slowPath([detector('acmeco')], Buffer.from(text), { path: 'a.py' }).map((hit) => hit.confidence);
  expect(sure(`acmeco_key = "${value}"`)).toEqual(['medium']);
  expect(sure(`acmeco_thing = "${value}"`)).toEqual(['low']);
});

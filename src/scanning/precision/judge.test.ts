import { describe, expect, test } from 'vitest';
import type { Confidence, Detector } from '../detector.ts';
import { Maker } from '../detectors/maker.ts';
import { chars } from '../detectors/shape.ts';
import { judge } from './judge.ts';

const make = new Maker('judge');

interface Place {
  readonly kind?: Detector['kind'];
  readonly family?: Detector['family'];
  readonly path?: string;
  readonly check?: { ok: boolean; reason: string };
}

/** What is said of `value` in `name<between>value<after>`, found by a detector whose anchor begins the name. */
function verdict(text: string, value: string, place: Place = {}) {
  const { kind = 'contextual', family = 'services', path = 'src/app.yaml', check } = place;
  const start = text.indexOf(value);
  const detector: Detector = {
    id: 'a-detector',
    provider: 'Anybody',
    title: 'Anything',
    family,
    kind,
    search: 'nearby',
    anchors: ['password'],
    pattern: /never/,
    reach: 100,
    confidence: 'medium',
    source: 'this test',
    examples: () => ({ positive: [], negative: [] }),
  };
  const match = text.slice(0, start + value.length).trimStart();
  return judge({
    detector,
    value,
    match,
    valueAt: match.length - value.length,
    before: text.slice(0, start),
    after: text.slice(start + value.length),
    check,
    setting: { path },
  });
}
const confidence = (...given: Parameters<typeof verdict>): Confidence | undefined => verdict(...given)?.confidence;

describe('a detector’s own test', () => {
  const value = make.chars('base62', 32);
  test('raises the confidence when it passes', () => {
    expect(verdict(`k = "${value}"`, value, { check: { ok: true, reason: 'checksum is right' } })).toEqual({
      confidence: 'high',
      reasons: ['checksum is right'],
    });
  });
  test('lowers it when it fails, and never silences', () => {
    expect(confidence(`k = "${value}"`, value, { check: { ok: false, reason: 'checksum is wrong' } })).toBe('low');
    expect(confidence(`k = "${value}"`, value, { kind: 'structured', check: { ok: false, reason: 'no' } })).toBe('low');
  });
});

describe('a value that says where the secret is', () => {
  test.for([
    ['api_key: os.environ["SERVICE_KEY_2"]', 'os.environ'],
    ['api_key: arn:aws:secretsmanager:eu-west-1:1:secret:prod1', 'arn:aws:secretsmanager:eu-west-1:1:secret:prod1'],
    ['api_key: vault:secret/data/app2', 'vault:secret/data/app2'],
    ['api_key: "{{ key_of_service2 }}"', '{{ key_of_service2 }}'],
    ['get_secret("prod-key-2024-main")', 'prod-key-2024-main'],
    ['api_key = getpass("Enter-the-key-2024")', 'Enter-the-key-2024'],
  ] as const)('%s is silent', ([text, value]) => {
    expect(verdict(text, value)).toBeUndefined();
  });

  test('the default of a look-up is a literal', () => {
    const value = make.chars('base62', 32);
    expect(confidence(`os.getenv("SERVICE_KEY", "${value}")`, value)).toBe('medium');
  });
});

describe('a hash', () => {
  const hash = make.chars('hex', 64);
  test.for(['sha256: X', 'commit X', 'integrity="X"', '"etag": "X"', 'image@sha256:X', '"a/b.py": "X"'])(
    'in %s is silent',
    (text) => {
      expect(verdict(text.replace('X', hash), hash)).toBeUndefined();
    },
  );
  test.for(['go.sum', 'web/package-lock.json', 'Cargo.lock', 'vocab.txt'])('in %s is silent', (path) => {
    expect(verdict(`key: ${hash}`, hash, { path })).toBeUndefined();
  });
  test('under the name of a key is reported', () => {
    expect(confidence(`signing_key: ${hash}`, hash)).toBe('medium');
  });
});

describe('a generic value', () => {
  const generic = { kind: 'generic', family: 'generic' } as const;
  const random = `${make.chars('base62', 9)}#4k${make.chars('base62', 5)}`;

  test('that looks random is medium, and low in a test or an example', () => {
    expect(confidence(`password: ${random}`, random, generic)).toBe('medium');
    expect(confidence(`password: ${random}`, random, { ...generic, path: 'tests/app.yaml' })).toBe('low');
    expect(confidence(`password: ${random}`, random, { ...generic, path: '.env.example' })).toBe('low');
  });
  test('that people would choose as a password is low', () => {
    expect(confidence('password: Herbst2031!', 'Herbst2031!', generic)).toBe('low');
    expect(verdict('password: Herbst2031!', 'Herbst2031!', { ...generic, path: 'docs/a.md' })).toBeUndefined();
  });
  test.for([
    'password_reset_token_2',
    'Enter-your-password-2',
    'userPasswordField2',
    'SOME_SETTING_NAME',
    'https://example.com/a1',
    'v1.2.3',
    '2026-01-02',
    'me1@example.com',
    'prod/db/password-1',
  ])('like %s is silent', (value) => {
    expect(verdict(`password: "${value}"`, value, generic)).toBeUndefined();
  });
  test.for(['password_hash', 'secret_name', 'tokenType', 'primary_key', 'max_tokens', 'public_key', 'keyid'])(
    'under the name %s is silent',
    (name) => {
      expect(verdict(`${name}: "${random}"`, random, generic)).toBeUndefined();
    },
  );
  test.for([
    ['experiment_key', make.chars('hex', 32)],
    ['sample_token', make.chars('hex', 32)],
    ['clipKey', make.chars('hex', 40)],
    ['orderKey', `ORD-${make.chars('digits', 8)}-${make.chars('hex', 4).toUpperCase()}`],
    ['job_key', `train-${make.chars('hex', 12)}`],
    ['sessionKey', `sess:${make.chars('base62', 20)}`],
    ['monkey', random],
    ['authored_by', random],
    ['secret_garden', random],
    ['encrypted_password', random],
  ] as const)('under the name %s is what a record is found by', ([name, value]) => {
    expect(verdict(`${name}: "${value}"`, value, generic)).toBeUndefined();
  });
  test.for([
    ['license_key', make.chars('hex', 32)],
    ['ACME_KEY', make.chars('hex', 32)],
    ['API_KEY_ACME', random],
    ['password_prod', random],
    ['sampleToken', `${make.chars('base62', 40)}4k`],
    ['djangosecretkey', random],
  ] as const)('under the name %s is reported', ([name, value]) => {
    expect(confidence(`${name}: "${value}"`, value, generic)).toBe('medium');
  });
  test.for([
    (body: string) => `bcrypt_sha256$$2b$12$${body}`,
    (body: string) => `argon2:$argon2id$v=19$m=10240,t=10,p=8$${body}`,
    (body: string) => `SCRAM-SHA-256$4096:${body}`,
    (body: string) => `gAAAAAB${body}${body}`,
    (body: string) => `R0lGODlh${body}`,
    (body: string) => `ENC(${body})`,
    (body: string) => `((${body}))`,
  ])('that is a hash of a password, encrypted, an image or a template is silent', (written) => {
    const value = written(make.chars('base62', 32));
    expect(verdict(`password: "${value}"`, value, generic)).toBeUndefined();
  });
  test('without quotes in a program is a name', () => {
    expect(verdict('password = userSecret2', 'userSecret2', { ...generic, path: 'a.py' })).toBeUndefined();
  });
});

describe('what everybody has', () => {
  test('an invented value is silent even where the shape would tell', () => {
    for (const body of ['x'.repeat(36), '1234567890'.repeat(4), 'EXAMPLE'.repeat(4), 'abc123'.repeat(6)]) {
      const value = `pre_${body}`;
      expect(verdict(value, value, { kind: 'structured' }), value).toBeUndefined();
    }
  });
  test('the sample JWT of every tutorial is silent, whatever it is signed with', () => {
    const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const jwt = (name: string): string =>
      `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '1234567890', name })}.${make.chars('base64url', 43)}`;
    const [sample, other] = [jwt('John Doe'), jwt('Jane Roe')];
    expect(verdict(sample, sample, { kind: 'structured' })).toBeUndefined();
    expect(confidence(other, other, { kind: 'structured' })).toBe('medium');
  });
  test('user:password is silent as Base64 too', () => {
    const value = Buffer.from('user:password').toString('base64');
    expect(verdict(`Authorization: Basic ${value}`, value, { family: 'configuration-files' })).toBeUndefined();
  });
});

test('a value cut out of a long run of Base64 is silent', () => {
  const value = chars('base62', 20).sample(make);
  const blob = `${make.bytes(90).toString('base64')}${value}${make.bytes(30).toString('base64')}`;
  expect(verdict(blob, value, { kind: 'structured' })).toBeUndefined();
});

test('a reason never holds the value', () => {
  const value = make.chars('base62', 24);
  const given = verdict(`password = "${value}"`, value, { kind: 'generic', family: 'generic' });
  expect(given?.reasons.join(' ')).toContain('password');
  expect(given?.reasons.join(' ')).not.toContain(value);
});

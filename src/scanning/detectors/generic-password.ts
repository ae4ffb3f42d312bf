import type { Detector } from '../detector.ts';
import { assignment, leadOf } from './generic-assignment.ts';
import type { Maker } from './maker.ts';

/** A pair of user and password in a call: `auth=("me", "...")`. */
const PAIRS = String.raw`(?:auth(?:=| = )|basic_?auth|networkcredential|smtp\.login|server\.login)\( ?["'][^"'\s]{1,64}(?=["'], ?["'])`;
const NAMES = `passw|pwd|passphrase|passcode|secret|identified by|securestring|_pass(?![a-z])|"pass(?=")|'pass(?=')|pass(?==|:| =)|${PAIRS}`;
const MOST = 128;

const value = (make: Maker): string => {
  const core = make.chars('base62', 9);
  return `k${make.below(10)}${core}${make.pick(['!', '#', '?', '$'])}${make.below(10)}Z`;
};

const spots: readonly ((value: string) => string)[] = [
  (value) => `password = "${value}"\n`,
  (value) => `DB_PASSWORD=${value}\n`,
  (value) => `  password: ${value}\n`,
  (value) => `{"db": {"password": "${value}"}}`,
  (value) => `conn = connect(host=h, user=u, passwd='${value}')`,
  (value) => String.raw`"source": ["client_secret = \"${value}\"\n"]`,
  (value) => `  - name: POSTGRES_PASSWORD\n    value: "${value}"\n`,
  (value) => `<password>${value}</password>`,
  (value) => `ALTER USER app IDENTIFIED BY '${value}';`,
  (value) => `requests.get(url, auth=("me", "${value}"))`,
  (value) => `tool login --user me --password ${value} --yes`,
  (value) => `server.login("me@acme.dev", "${value}")`,
];

export const genericPassword: readonly Detector[] = [
  {
    id: 'generic-password',
    provider: 'any',
    title: 'Password or secret in an assignment',
    family: 'generic',
    kind: 'generic',
    search: 'anywhere',
    anchors: [
      'passw',
      'pwd',
      'passphrase',
      'passcode',
      'secret',
      'identified by',
      'securestring',
      '_pass',
      '"pass"',
      "'pass'",
      'pass=',
      'pass:',
      'pass =',
      'auth=(',
      'auth = (',
      'basicauth(',
      'basic_auth(',
      'networkcredential(',
      'smtp.login(',
      'server.login(',
    ],
    pattern: new RegExp(
      assignment(NAMES, {
        quoted: String.raw`^\s"'\x60\\<>\x00-\x1f\x7f-\xff`,
        bare: String.raw`^\s"'\x60\\,;&<>()[\]{}|\x00-\x1f\x7f-\xff`,
        least: 6,
        most: MOST,
      }),
      'i',
    ),
    reach: leadOf(90) + MOST,
    confidence: 'medium',
    source: 'names and assignments of common languages and formats',
    examples: (make) => ({
      positive: spots.map((spot) => {
        const secret = value(make);
        return { text: spot(secret), value: secret };
      }),
      negative: [
        'password = os.environ["DB_PASSWORD"]',
        'password = getpass.getpass("Password: ")',
        'password: str = None',
        `password: ${'$'}{DB_PASSWORD}`,
        'passwordLabel: "Enter your password"',
        'password = "changeme"',
        'PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2"]',
        'secretName: database-credentials-v1',
        'cursor.execute("UPDATE u SET password = ? WHERE id = ?")',
        'const password = req.body.password1;',
      ],
    }),
  },
];

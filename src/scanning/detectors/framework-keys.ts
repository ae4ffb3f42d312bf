import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, QUOTE } from './anchored.ts';
import type { Maker } from './maker.ts';

const ASSIGNED = String.raw`${QUOTE}\]?\s{0,8}(?:=>|:=|[:=])[ \t]{0,8}(?:[bru](?=["']))?${QUOTE}`;
/** Ends a quoted value, or one that stands bare on its line. */
const CLOSED = String.raw`(?=\\{0,3}["'\x60]|[\s,;<]|$)`;
const SIGNS = '!@#$%^&*(-_=+)';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

interface KeySpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly anchors: readonly string[];
  /** Source of a pattern for the name, and of one for the value. */
  readonly name: string;
  readonly value: string;
  readonly most: number;
  readonly sample: (make: Maker) => string;
  readonly seen: readonly ((value: string) => string)[];
  readonly unseen: readonly string[];
  readonly source: string;
  readonly kind?: Detector['kind'];
}

const setting = ({ name, value, most, sample, seen, unseen, kind = 'contextual', ...rest }: KeySpec): Detector =>
  anchored({
    ...rest,
    kind,
    family: 'keys',
    confidence: 'medium',
    pattern: new RegExp(`(?<![A-Za-z0-9])(?:${name})${ASSIGNED}${LITERAL}(?<value>${value})${CLOSED}`),
    reach: most + 100,
    positive: around(sample, ...seen),
    negative: () => unseen,
  });

/** Keys with which web frameworks sign sessions and cookies. */
export const frameworkKeys: readonly Detector[] = [
  setting({
    id: 'django-secret-key',
    provider: 'Django',
    title: 'Django SECRET_KEY',
    anchors: ['secret_key', 'django-insecure-'],
    name: '(?:DJANGO_)?SECRET_KEY(?:_FALLBACK)?',
    value: '(?:django-insecure-)?[a-z0-9!@#$%^&*()_=+-]{49,52}',
    most: 80,
    sample: (make) => make.pick(['', 'django-insecure-']) + make.chars({ of: LOWER + SIGNS }, 50).replace('{', 'a'),
    seen: [
      (value) => `SECRET_KEY = '${value}'\nDEBUG = True\n`,
      (value) => `SECRET_KEY="${value}"\n`,
      (value) => `{"SECRET_KEY": "${value}"}`,
    ],
    unseen: ["SECRET_KEY = os.environ['DJANGO_SECRET_KEY']\n", 'SECRET_KEY = get_random_secret_key()\n'],
    source: 'https://docs.djangoproject.com/en/stable/ref/settings/#secret-key',
  }),
  setting({
    id: 'rails-secret-key-base',
    provider: 'Ruby on Rails',
    title: 'Rails secret_key_base',
    anchors: ['secret_key_base', 'secret_token'],
    name: '(?:SECRET_KEY_BASE|secret_key_base|secret_token)',
    value: '[a-f0-9]{64,160}',
    most: 180,
    sample: (make) => make.chars('hex', 128),
    seen: [
      (value) => `production:\n  secret_key_base: ${value}\n`,
      (value) => `SECRET_KEY_BASE=${value}\n`,
      (value) => `Rails.application.config.secret_key_base = '${value}'`,
    ],
    unseen: ['secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>\n'],
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
  }),
  setting({
    id: 'rails-master-key',
    provider: 'Ruby on Rails',
    title: 'Rails master key',
    anchors: ['rails_master_key'],
    name: 'RAILS_MASTER_KEY',
    value: '[a-f0-9]{32}',
    most: 32,
    sample: (make) => make.chars('hex', 32),
    seen: [(value) => `RAILS_MASTER_KEY=${value}\n`, (value) => `  RAILS_MASTER_KEY: "${value}"\n`],
    unseen: ['RAILS_MASTER_KEY: <%= ENV["RAILS_MASTER_KEY"] %>\n'],
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
  }),
  setting({
    id: 'laravel-app-key',
    provider: 'Laravel',
    title: 'Laravel application key',
    anchors: ['app_key'],
    name: 'APP_KEY|app_key',
    value: 'base64:[A-Za-z0-9+/]{43}=',
    most: 60,
    kind: 'structured',
    sample: (make) => `base64:${make.bytes(32).toString('base64')}`,
    seen: [(value) => `APP_NAME=a\nAPP_KEY=${value}\n`, (value) => `'app_key' => '${value}',`],
    unseen: ['APP_KEY=\nAPP_DEBUG=true\n', 'APP_KEY=base64:\n'],
    source: 'https://laravel.com/docs/encryption',
  }),
  setting({
    id: 'symfony-app-secret',
    provider: 'Symfony',
    title: 'Symfony APP_SECRET',
    anchors: ['app_secret'],
    name: 'APP_SECRET',
    value: '[a-f0-9]{32}',
    most: 32,
    sample: (make) => make.chars('hex', 32),
    seen: [(value) => `APP_ENV=prod\nAPP_SECRET=${value}\n`],
    unseen: ['secret: "%env(APP_SECRET)%"\n'],
    source: 'https://symfony.com/doc/current/reference/configuration/framework.html#secret',
  }),
  setting({
    id: 'jwt-signing-secret',
    provider: 'any',
    title: 'Secret with which JWTs are signed',
    anchors: ['jwt_secret', 'jwtsecret', 'jwt_key', 'jwt.secret', 'jwt-secret', 'jwt_signing'],
    name: 'JWT_SECRET(?:_KEY)?|JWT_KEY|JWT_SIGNING_KEY|(?:jwt_secret|jwt_key|jwt\\.secret|jwt-secret|jwtSecret)(?:_?[kK]ey)?',
    value: String.raw`(?![a-z_.-]{1,40}["'\s,;])[^\s"'\x60\\,;()<>{}$]{12,256}`,
    most: 260,
    sample: (make) => make.chars('base62', make.between(24, 40)),
    seen: [
      (value) => `JWT_SECRET=${value}\n`,
      (value) => `app.config["JWT_SECRET_KEY"] = "${value}"\n`,
      (value) => `const config = { jwtSecret: '${value}' };`,
      (value) => `jwt.secret: ${value}\n`,
    ],
    unseen: ['JWT_SECRET=$JWT_SECRET\n', 'jwtSecret: process.env.JWT_SECRET,', 'const jwt_secret = get_secret("jwt-secret")'],
    source: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.2',
  }),
  anchored({
    id: 'jwt-signing-argument',
    provider: 'any',
    title: 'Secret with which JWTs are signed, as an argument',
    family: 'keys',
    kind: 'contextual',
    confidence: 'medium',
    anchors: ['jwt.encode(', 'jwt.decode(', 'jwt.sign(', 'jwt.verify('],
    pattern:
      /(?<![A-Za-z0-9])jwt\.(?:encode|decode|sign|verify)\(\s{0,8}(?:[\w.]{1,40}|\{[^{}]{0,120}\}),\s{0,8}(?:key ?= ?)?\\{0,3}["'](?<value>(?![a-z_.-]{1,40}["'\\])[^\s"'\\<>{}$]{12,256})(?=\\{0,3}["'])/,
    reach: 460,
    source: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.2',
    positive: around(
      (make) => make.chars('base62', 32),
      (value) => `jwt.encode(payload, "${value}", algorithm="HS256")`,
      (value) => `const token = jwt.sign({ id: user.id }, '${value}', { expiresIn: '1h' });`,
    ),
    negative: () => ['jwt.encode(payload, settings.SECRET_KEY)', 'jwt.decode(token, "secret", algorithms=["HS256"])'],
  }),
  anchored({
    id: 'wordpress-salt',
    provider: 'WordPress',
    title: 'WordPress authentication key or salt',
    family: 'keys',
    anchors: ['auth_key', 'auth_salt', 'logged_in_key', 'logged_in_salt', 'nonce_key', 'nonce_salt'],
    lead: 32,
    pattern:
      /(?<![A-Za-z])define\(\s{0,4}['"](?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)['"]\s{0,4},\s{0,16}'(?<value>[ -&(-~]{64})'/,
    reach: 130,
    source: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/',
    positive: around(
      (make) => make.chars({ of: `${LOWER}ABCDEFGHJK!@#$%^&*()-_=+[]{}|;:,.<>/?~ ` }, 64),
      (value) => `define('AUTH_KEY',         '${value}');\n`,
      (value) => `define( 'NONCE_SALT', '${value}' );\n`,
      (value) => `define("SECURE_AUTH_KEY", '${value}');\n`,
    ),
    negative: () => [`define('AUTH_KEY',         'put your unique phrase here');`],
  }),
];

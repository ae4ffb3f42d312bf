import type { Detector } from '../detector.ts';
import { assignment, leadOf } from './generic-assignment.ts';

const NAMES = 'key|token|secret|auth|cred|passw|passphrase|pwd|bearer|salt|webhook';
const MOST = 160;

const spots: readonly ((value: string) => string)[] = [
  (value) => `api_key = "${value}"\n`,
  (value) => `export SERVICE_TOKEN=${value}\n`,
  (value) => `{"internal": {"access_key": "${value}"}}`,
  (value) => `os.environ["BACKEND_API_KEY"] = "${value}"`,
  (value) => `encryptionKey: ${value}\n`,
  (value) => `const authToken: string = '${value}';`,
  (value) => String.raw`"source": ["API_KEY = \"${value}\"\n"]`,
  (value) => `Sys.setenv(SERVICE_KEY = "${value}")`,
  (value) => `let signing_key = SecretString::new("${value}");`,
];

export const genericKey: readonly Detector[] = [
  {
    id: 'generic-key',
    provider: 'any',
    title: 'Key or token in an assignment',
    family: 'generic',
    kind: 'generic',
    search: 'nearby',
    anchors: ['key', 'token', 'secret', 'auth', 'cred', 'passw', 'passphrase', 'pwd', 'bearer', 'salt', 'webhook'],
    pattern: new RegExp(
      assignment(NAMES, {
        quoted: String.raw`\w+/=.~:@!#$%^&*?-`,
        bare: String.raw`\w+/=.~:@!#$%^*?-`,
        least: 16,
        most: MOST,
      }),
      'i',
    ),
    reach: leadOf(10) + MOST,
    confidence: 'medium',
    source: 'names and assignments of common languages and formats',
    examples: (make) => ({
      positive: spots.map((spot) => {
        const value = `Q7${make.chars('base62', 28)}x4`;
        return { text: spot(value), value };
      }),
      negative: [
        'api_key = settings.integrations.primary_api_key_2',
        'cache_key = "user-profile-page-0001-en"',
        `commit_token_sha: "${make.chars('hex', 40)}"`,
        'token_type = "urn:ietf:params:oauth:token-type:jwt"',
        'api_key="your-api-key-goes-here-1234"',
        `"integrity-key": "sha512-${make.chars('base62', 86)}=="`,
        `public_key = "${make.chars('base62', 43)}="`,
      ],
    }),
  },
];

import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';
import { checkBasic } from './checks/basic.ts';

/** Between the name of the header and its scheme: colon, equals sign or comma, quotes, brackets. */
const NAMED = String.raw`Authorization(?:\\{0,3}["'])?\]?\s{0,4}(?:[:=,]|=>)\s{0,4}[rfb]?(?:\\{0,3}["'])?`;

export const authorizationHeader: readonly Detector[] = [
  anchored({
    id: 'authorization-basic',
    provider: 'HTTP',
    title: 'Name and password in an Authorization header',
    family: 'configuration-files',
    anchors: ['authorization'],
    pattern: new RegExp(String.raw`${NAMED}Basic\s{1,4}(?<value>[A-Za-z0-9+/_-]{8,1000}={0,2})(?![A-Za-z0-9+/=_-])`, 'i'),
    reach: 1050,
    confidence: 'medium',
    check: checkBasic,
    source: 'https://www.rfc-editor.org/rfc/rfc7617',
    positive: around(
      (make) => Buffer.from(`train:${password(make)}`).toString('base64'),
      (value) => `curl -H 'Authorization: Basic ${value}' https://api.acme.io/\n`,
      (value) => `headers = {"Authorization": "Basic ${value}"}`,
      (value) => `[http "https://git.acme.io/"]\n\textraheader = AUTHORIZATION: basic ${value}\n`,
      (value) => `req.setRequestHeader('Authorization', 'Basic ${value}');`,
      (value) => String.raw`"headers = {\"Authorization\": \"Basic ${value}\"}\n"`,
    ),
    negative: () => [
      'Authorization: Basic <credentials>\n',
      'headers["Authorization"] = "Basic " + base64(user + ":" + password)',
      'WWW-Authenticate: Basic realm="x"',
    ],
  }),
  anchored({
    id: 'authorization-bearer',
    provider: 'HTTP',
    title: 'Token in an Authorization header',
    family: 'configuration-files',
    kind: 'generic',
    anchors: ['authorization', 'x-api-key', 'private-token', 'x-auth-token', 'x-vault-token', 'api-key'],
    search: 'nearby',
    pattern: new RegExp(
      String.raw`(?:Authorization|X-Api-Key|Private-Token|X-Auth-Token|X-Vault-Token|(?<![A-Za-z0-9_-])Api-Key)(?:\\{0,3}["'])?\]?\s{0,4}(?:[:=,]|=>)\s{0,4}[rfb]?(?:\\{0,3}["'])?(?:(?:Bearer|Token|Key|ApiKey|Splunk|GenieKey|SSWS|PVEAPIToken|Bot|DeepL-Auth-Key|KakaoAK)[\s=]{1,4}(?:token=)?)?(?:\\{0,3}["'])?${LITERAL}(?<value>[A-Za-z0-9][A-Za-z0-9+/_.=~:-]{18,2000})(?![A-Za-z0-9+/_=(])`,
      'i',
    ),
    reach: 2080,
    confidence: 'medium',
    source: 'https://www.rfc-editor.org/rfc/rfc6750',
    positive: around(
      (make) => make.chars('base62', make.between(24, 48)),
      (value) => `curl -H "Authorization: Bearer ${value}" https://api.acme.io/\n`,
      (value) => `headers={"Authorization": "Bearer ${value}", "a": "b"}`,
      (value) => `headers: { 'X-Api-Key': '${value}' },`,
      (value) => `-H "Authorization: Token ${value}"`,
      (value) => String.raw`"h = {\"Authorization\": \"Bearer ${value}\"}\n"`,
    ),
    negative: () => [
      'Authorization: Bearer <token>\n',
      'headers["Authorization"] = f"Bearer {token}"',
      'headers = {"Authorization": "Bearer $ACCESS_TOKEN_FROM_LOGIN1"}',
    ],
  }),
];

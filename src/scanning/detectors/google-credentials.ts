import type { Check, Detector } from '../detector.ts';
import type { Maker } from './maker.ts';

const of = {
  provider: 'Google',
  family: 'clouds',
  kind: 'structured',
  search: 'anywhere',
  confidence: 'high',
  source: 'https://cloud.google.com/iam/docs/keys-create-delete',
} as const;

/** In JSON, or in JSON inside a string: a quote may be escaped any number of times. */
const Q = String.raw`\\{0,3}"`;
const NEWLINE = String.raw`(?:\\{1,4}n|\r?\n)`;
const KEY_TEXT = `-----BEGIN PRIVATE KEY-----(?:${NEWLINE}|[A-Za-z0-9+/=]){64,4000}-----END PRIVATE KEY-----`;

function checkDer(value: string): Check {
  const body = value.replace(/-----[A-Z ]{5,40}-----/g, '').replace(/\\+n|\s/g, '');
  const ok = Buffer.from(body, 'base64')[0] === 0x30;
  return { ok, reason: ok ? 'the private key has the right beginning' : 'the private key has no right beginning' };
}

const serviceAccount = (make: Maker, key: string): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'acme-ml',
    private_key_id: make.chars('hex', 40),
    private_key: key,
    client_email: 'trainer@acme-ml.iam.gserviceaccount.com',
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
  });

function sampleKey(make: Maker): string {
  const body = Buffer.concat([Buffer.from([0x30, 0x82, 4, 0xbd, 2, 1, 0]), make.bytes(600)]).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----`;
}

export const googleCredentials: readonly Detector[] = [
  {
    ...of,
    id: 'google-service-account-key',
    title: 'Google service account key',
    anchors: ['private_key_id'],
    pattern: new RegExp(
      `private_key_id${Q}\\s{0,8}:\\s{0,8}${Q}[a-f0-9]{8,64}${Q},[^]{0,64}?private_key${Q}\\s{0,8}:\\s{0,8}${Q}(?<value>${KEY_TEXT})`,
    ),
    reach: 8192,
    check: checkDer,
    examples(make) {
      const key = sampleKey(make);
      const value = JSON.stringify(key).slice(1, -1);
      const json = serviceAccount(make, key);
      return {
        positive: [
          { text: json, value },
          { text: JSON.stringify(JSON.parse(json), null, 2), value },
        ],
        negative: [
          serviceAccount(make, 'xxx'),
          '{"private_key_id": "abc", "private_key": "-----BEGIN PRIVATE KEY-----\\n...\\n"}',
        ],
      };
    },
  },
  {
    ...of,
    id: 'google-application-default-credentials',
    title: 'Google application default credentials (refresh token)',
    anchors: ['refresh_token'],
    lead: 400,
    pattern: new RegExp(
      `client_secret${Q}\\s{0,8}:\\s{0,8}${Q}[^"\\\\]{10,64}${Q}[^{}]{0,200}?refresh_token${Q}\\s{0,8}:\\s{0,8}${Q}(?<value>[A-Za-z0-9_/.-]{20,200})${Q}`,
    ),
    reach: 800,
    examples(make) {
      const value = `1//0${make.chars('base64url', 96)}`;
      const json = (space?: number): string =>
        JSON.stringify(
          {
            client_id: `${make.chars('digits', 12)}.apps.example`,
            client_secret: `d-${make.chars('base62', 22)}`,
            refresh_token: value,
            type: 'authorized_user',
          },
          null,
          space,
        );
      return {
        positive: [
          { text: json(), value },
          { text: json(2), value },
        ],
        negative: ['{"client_secret": "x", "refresh_token": ""}'],
      };
    },
  },
];

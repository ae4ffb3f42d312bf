import type { JsonObject } from '../../foundation/exact-json.ts';
import { refusedLogin } from '../login-refusal.ts';
import type { Interpretation, Platform } from './platform.ts';
import { claimText, requiredText } from './platform-identity.ts';

const instance = (member: string) => `/google/compute_engine/${member}`;

/** `europe-west4-a` is in `europe-west4`. */
const regionOfZone = (zone: string): string => zone.replace(/-[a-z]$/, '');

/** @throws WatchwordError `login.refused` */
function serviceAccount(claims: JsonObject): Interpretation {
  const email = requiredText(claims, 'email');
  if (claims['email_verified'] !== true) throw refusedLogin('platform.claim');
  // Google signs ID tokens for people with the same issuer and keys.
  if (!/^[^@\s]+@[a-z0-9.-]+\.gserviceaccount\.com$/.test(email)) throw refusedLogin('platform.person');
  if (!/^\d{1,32}$/.test(requiredText(claims, 'sub'))) throw refusedLogin('platform.claim');
  const zone = claimText(claims, instance('zone'));
  return { region: zone === undefined ? undefined : regionOfZone(zone) };
}

/** Service accounts and Compute Engine instances of Google Cloud. An address can be used again, the numeric id is not. */
export const googlePlatform: Platform = {
  kind: 'google',
  summary: 'service accounts and instances of Google Cloud, by the numeric id of their service account',
  runs: 'outside',
  issuer: 'https://accounts.google.com',
  // An hour, and a minute for good measure.
  lifetime: 3660,
  algorithms: ['RS256'],
  subject: ['sub'],
  displayName: 'email',
  claims: {
    service_account_id: 'sub',
    service_account_email: 'email',
    project_id: instance('project_id'),
    project_number: instance('project_number'),
    zone: instance('zone'),
    instance_id: instance('instance_id'),
    instance_name: instance('instance_name'),
  },
  required: ['sub', 'email'],
  ofPeople: ['hd'],
  userControlled: [instance('instance_name')],
  interpret: serviceAccount,
  examples: {
    accepted: {
      sub: '112010400000000710080',
      azp: '112010400000000710080',
      email: 'trainer@acme-ml.iam.gserviceaccount.com',
      email_verified: true,
      google: {
        compute_engine: {
          project_id: 'acme-ml',
          project_number: 739419398126,
          zone: 'europe-west4-a',
          instance_id: '152986662232938449',
          instance_name: 'gpu-7',
          instance_creation_timestamp: 1_700_000_000,
        },
      },
    },
    subject: 'https://accounts.google.com#112010400000000710080',
    refused: [
      { why: 'a person', change: { email: 'ada@acme.example' }, reason: 'platform.person' },
      { why: 'a person of a company', change: { hd: 'acme.example' }, reason: 'platform.person' },
      { why: 'an address that nobody verified', change: { email_verified: false }, reason: 'platform.claim' },
      {
        why: 'a look-alike domain',
        change: { email: 'trainer@acme-ml.iam.gserviceaccount.com.evil.example' },
        reason: 'platform.person',
      },
    ],
  },
};

import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Google', family: 'clouds', source: 'https://cloud.google.com/docs/authentication' } as const;

export const google: readonly Detector[] = [
  token({
    ...of,
    id: 'google-api-key',
    title: 'Google API key (Gemini, Maps, Cloud)',
    family: 'ml-providers',
    prefix: 'AIza',
    body: chars('base64url', 35),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'google-gemini-api-key',
    title: 'Google Gemini API key',
    family: 'ml-providers',
    prefix: 'AQ.Ab8RN6',
    body: chars('base64url', 44),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'google-oauth-access-token',
    title: 'Google OAuth access token',
    prefix: 'ya29.',
    body: chars('base64url', 30, 1024),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'google-oauth-client-secret',
    title: 'Google OAuth client secret',
    prefix: 'GOCSPX-',
    body: chars('base64url', 28),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'google-oauth-refresh-token',
    title: 'Google OAuth refresh token',
    prefix: '1//0',
    body: seq(chars('base64url', 60, 140)),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'google-storage-hmac-secret',
    title: 'Google Cloud Storage HMAC secret',
    keywords: ['goog1', 'gcs_secret', 'gs_secret', 'hmac_secret', 'gcs_hmac'],
    value: chars('base64', 40),
    notBeside: 'A-Za-z0-9_+/=-',
  }),
  keyed({
    ...of,
    id: 'google-recaptcha-secret',
    title: 'Google reCAPTCHA secret',
    keywords: ['recaptcha_secret', 'recaptcha_private', 'captcha_secret', 'recaptcha'],
    unseen: ['recaptcha_site_key: "{}"', 'data-sitekey="{}" class="g-recaptcha"'],
    value: seq('6L', chars('base64url', 38)),
  }),
  keyed({
    ...of,
    id: 'firebase-messaging-key',
    title: 'Firebase Cloud Messaging server key',
    keywords: ['fcm', 'firebase', 'messaging', 'server_key', 'gcm'],
    value: seq('AAAA', chars('base64url', 7), ':', 'APA91b', chars('base64url', 134)),
    confidence: 'high',
  }),
];

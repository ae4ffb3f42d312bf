import type { Detector } from '../detector.ts';
import { anchored, around } from './anchored.ts';

export const otpauth: readonly Detector[] = [
  anchored({
    id: 'otpauth-secret',
    provider: 'any',
    title: 'Secret of a one-time password generator (otpauth URL)',
    family: 'keys',
    anchors: ['otpauth://'],
    pattern:
      /otpauth:\/\/[th]otp\/[^\s"'<>\\?]{0,160}\?(?:[A-Za-z]{1,12}=[^\s"'<>\\&]{0,120}&){0,6}secret=(?<value>[A-Z2-7]{16,128})(?![A-Za-z0-9])/i,
    reach: 1200,
    source: 'https://github.com/google/google-authenticator/wiki/Key-Uri-Format',
    positive: around(
      (make) => make.chars('base32', 32),
      (value) => `otpauth://totp/Example:alice@example.com?secret=${value}&issuer=Example`,
      (value) => `{"uri":"otpauth://totp/ACME?issuer=ACME&secret=${value}&digits=6"}`,
    ),
    negative: () => ['otpauth://totp/Example?secret={secret}&issuer=x', 'otpauth://totp/Example?issuer=x'],
  }),
];

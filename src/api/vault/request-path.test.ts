import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWatchwordError } from '../../foundation/errors.ts';
import { decodePath } from './request-path.ts';

const CONTROL = /\p{Cc}/u;
const printable = fc
  .string({ unit: 'binary', maxLength: 200 })
  .filter((text) => !/[^\P{Cc}\u0080-\u009f]/u.test(text) && text.isWellFormed());

function refused(target: string): boolean {
  try {
    decodePath(target);
    return false;
  } catch (error) {
    if (isWatchwordError(error, 'request.malformed')) return true;
    throw error;
  }
}

describe('a path', () => {
  it('that was encoded comes back', () => {
    fc.assert(
      fc.property(printable, (path) => {
        expect(decodePath(`/v1/${encodeURIComponent(path)}`)).toBe(path);
        expect(decodePath(`/v1/${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`)).toBe(path);
      }),
    );
  });

  it('is decoded once', () => {
    expect(decodePath('/v1/a%252Fb')).toBe('a%2Fb');
    expect(decodePath('/v1/a+b')).toBe('a+b');
  });

  it('keeps slashes and dots', () => {
    expect(decodePath('/v1/a//b/../%2e%2e/%2F/http://x/')).toBe('a//b/../.././/http://x/'.replace('/.././/', '/..///'));
  });

  it('may be sent as raw UTF-8', () => {
    const raw = Buffer.from('/v1/ä/日本', 'utf8').toString('latin1');
    expect(decodePath(raw)).toBe('ä/日本');
  });

  it.each(['%', '%2', '%zz', '%ff', '%c3', '%c0%af', '%ed%a0%80', '%00', '%0d%0aX: y', '%7f', '\u00ff', 'a\tb'])(
    'with %j is refused',
    (bad) => {
      expect(refused(`/v1/secret/${bad}`)).toBe(true);
    },
  );

  it('has a bound, for the whole and for each segment', () => {
    expect(refused(`/v1/${'a'.repeat(4096)}`)).toBe(false);
    expect(refused(`/v1/${'a'.repeat(4097)}`)).toBe(true);
    expect(refused(`/v1/${'%C3%A4'.repeat(2049)}`)).toBe(true);
    expect(refused(`/v1/${'abc/'.repeat(2049)}`)).toBe(true);
  });

  it('is text without control characters, or refused, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '2', 'F', 'f', '0', '/', '.', 'c', '3', 'a', '\u00c3', '\u0000') }),
        (raw) => {
          const target = `/v1/${raw}`;
          if (!refused(target)) expect(CONTROL.test(decodePath(target).replace(/[\u0080-\u009f]/g, ''))).toBe(false);
        },
      ),
    );
  });
});

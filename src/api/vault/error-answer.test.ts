import { expect, it } from 'vitest';
import { type ErrorDetails, WatchwordError } from '../../foundation/errors.ts';
import { refusalAnswer } from './error-answer.ts';

function errorsOf(message: string, details: ErrorDetails): unknown {
  const { body } = refusalAnswer(new WatchwordError('request.invalid', message, details), 'id');
  return JSON.parse(String(body));
}

it('names a field as the caller named it', () => {
  expect(errorsOf('pathSuffix: is too long', { where: 'pathSuffix' })).toEqual({ errors: ['path_suffix: is too long'] });
});

it('leaves every other word as it is', () => {
  expect(errorsOf('a pathSuffix: no', { where: 'pathSuffix' })).toEqual({ errors: ['a pathSuffix: no'] });
  expect(errorsOf('pathSuffix: no', {})).toEqual({ errors: ['pathSuffix: no'] });
});

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

it('tells what somebody else’s server does not do, and of our own faults nothing', () => {
  const told = (code: 'engine.unreachable' | 'audit.unavailable') => {
    const { status, body } = refusalAnswer(new WatchwordError(code, 'the target does not answer: refused'), 'id');
    return [status, JSON.parse(String(body))];
  };
  expect(told('engine.unreachable')).toEqual([503, { errors: ['the target does not answer: refused'] }]);
  expect(told('audit.unavailable')).toEqual([503, { errors: ['incident id'] }]);
});

import { expect, it } from 'vitest';
import { textLists, textMap } from './fields.ts';

it.each([textLists, textMap])(
  'an object that names __proto__ is refused, since its condition would be lost on the way',
  (read) => {
    const body = JSON.parse('{"bound_claims":{"team":"vision","__proto__":"x"}}');
    expect(() => read(body, 'bound_claims')).toThrow('bound_claims must be an object without __proto__');
  },
);

it('names of other members of every object are names like others', () => {
  const body = { bound_claims: { constructor: 'x', toString: ['a,b', 'c'] } };
  expect(textLists(body, 'bound_claims')).toEqual({ constructor: ['x'], toString: ['a,b', 'c'] });
});

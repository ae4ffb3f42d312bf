import { describe, expect, it } from 'vitest';
import { decodeFields } from '../../wire-fields.ts';
import { federateConnectionFields, federateRoleFields } from './federate.ts';

describe('parameters of a target', () => {
  const parameters = { service_account_id: 'svac_1', limit: '5' };

  it.each([parameters, JSON.stringify(parameters), '{"service_account_id": "svac_1", "limit": 5}'])('are %j', (given) => {
    for (const fields of [federateConnectionFields, federateRoleFields]) {
      expect({ ...(decodeFields(fields, { parameters: given })['parameters'] as object) }).toEqual(parameters);
    }
  });

  it('are none where nothing is said of them, and are taken away by an empty text', () => {
    expect(decodeFields(federateRoleFields, {})).toEqual({});
    expect(decodeFields(federateRoleFields, { parameters: '' })).toEqual({ parameters: {} });
  });

  it.each(['{', '[]', '1', '"x"', '{"a": {"b": "c"}}', '{"__proto__": "x"}', 'a=b', ['a=b'], 1])('are not %j', (given) => {
    expect(() => decodeFields(federateRoleFields, { parameters: given })).toThrow('parameters');
  });
});

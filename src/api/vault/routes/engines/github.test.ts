import { describe, expect, it } from 'vitest';
import { decodeFields } from '../../wire-fields.ts';
import { githubRoleFields } from './github.ts';

describe('permissions', () => {
  const read = (permissions: unknown) => decodeFields(githubRoleFields, { permissions })['permissions'];

  it.each([[{ contents: 'read', issues: 'write' }], ['contents=read,issues=write'], [['contents=read', 'issues=write']]])(
    '%o are two',
    (said) => {
      expect(read(said)).toEqual({ contents: 'read', issues: 'write' });
    },
  );

  it('a name without a level has the empty one, which the engine refuses', () => {
    expect(read('contents')).toEqual({ contents: '' });
  });

  it('a name that objects have already is refused, in either form', () => {
    for (const said of [JSON.parse('{"__proto__": "read"}'), '__proto__=read']) {
      expect(() => read(said)).toThrow(expect.objectContaining({ code: 'request.invalid', where: 'permissions' }));
    }
  });
});

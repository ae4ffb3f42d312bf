import { describe, expect, test } from 'vitest';
import { checkRedisRole, rulesOf } from './acl-rules.ts';

const ofStatements = (...creationStatements: string[]) => ({ creationStatements });

describe('rules of Redis', () => {
  test.each([
    [['["~features:*", "+@read"]'], ['~features:*', '+@read']],
    [
      ['["~features:*"', '"+@read"]'],
      ['~features:*', '+@read'],
    ],
    [
      ['~features:*', '+@read'],
      ['~features:*', '+@read'],
    ],
    [
      ['  ~features:* +@read  ', ''],
      ['~features:*', '+@read'],
    ],
    [['+get (~a:* +set -del) %R~b:*'], ['+get', '(~a:* +set -del)', '%R~b:*']],
    [['["+client|getname", "(%RW~a +set)", "&news.*"]'], ['+client|getname', '(%RW~a +set)', '&news.*']],
  ])('%j are %j', (statements, rules) => {
    expect(rulesOf(ofStatements(...statements))).toEqual(rules);
  });

  test.each([
    ['>password'],
    ['<password'],
    [`#${'0'.repeat(64)}`],
    [`!${'0'.repeat(64)}`],
    ['nopass'],
    ['NoPass'],
    ['reset'],
    ['RESETPASS'],
    ['on'],
    ['off'],
    ['clearselectors'],
    ['skip-sanitize-payload'],
    ['get'],
    ['+'],
    ['+get|'],
    ['~'],
    ['["~a b"]'],
    ['["~a\\u0000"]'],
    ['["+get\\r\\nACL"]'],
    ['[""]'],
    ['["(~a +get"]'],
    ['["(~a (+get))"]'],
    ['["(nopass)"]'],
    ['["(>password ~a)"]'],
    ['["()"]'],
    ['["+get", 1]'],
    ['["+get"'],
    ['[]'],
    [''],
    ['%X~a'],
    ['__proto__'],
  ])('%j is refused', (statement) => {
    expect(() => rulesOf(ofStatements(statement))).toThrow(/^creation_statements: /);
  });

  test('the place of what is wrong is told, and never a password', () => {
    expect(() => rulesOf(ofStatements('["+get", ">hunter2"]'))).toThrow(
      'creation_statements: rule 2: passwords are set by the engine alone',
    );
  });

  test.each([
    ['~features:* +@read', []],
    ['~features:* +@all -@admin -@dangerous', []],
    ['~features:* +acl|whoami +get', []],
    ['~features:* +@all', [/outlive their lease: put -@admin/]],
    ['~features:* -@dangerous allcommands', [/outlive their lease: put -@admin/]],
    ['~features:* +get +ACL|SETUSER +config', [/^\+acl\|setuser \+config: /]],
    ['~features:* +@read +@connection -@dangerous', []],
    ['~features:* +client|setname', []],
    ['~features:* -@dangerous +@connection', [/^\+@connection: by it, holders stop/]],
    ['~features:* +@slow', [/^\+@slow: by it, holders stop/]],
    ['~features:* +client|pause +@write', [/^\+client\|pause \+@write: /]],
    ['(~* +@admin)', [/^\+@admin: /, /every key/]],
    ['allkeys allchannels +get', [/every key/, /every channel/]],
    ['~features:*', [/no rule allows a command/]],
  ])('%s warns of %j', (statement, warnings) => {
    const found = checkRedisRole(ofStatements(statement));
    expect(found).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
  });
});

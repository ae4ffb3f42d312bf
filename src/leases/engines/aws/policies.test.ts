import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intersection, PolicyFault, patternOfBoth, readDocument } from './policy-document.ts';
import { faultOfKey, faultOfPrefix, type Scope, statementsOf, type Verb, verbs } from './scope.ts';
import { sessionPolicy } from './session-policy.ts';

/** A policy variable. */
const VARIABLE = '$' + '{aws:username}';
const scope = (...allowed: Verb[]): Scope => ({ bucket: 'features', prefix: 'a/', verbs: allowed });
const policyOf = (...statements: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (action: unknown, resource: unknown, more = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
const combined = (document: string, ...allowed: Verb[]) =>
  JSON.parse(sessionPolicy({ policyDocument: document, scope: scope(...allowed) }, 'aws') ?? '').Statement;

describe('what a scope becomes', () => {
  test('each verb is these actions of S3 and no others', () => {
    expect(sessionPolicy({ policyDocument: '', scope: scope('read', 'list', 'write', 'delete') }, 'aws')).toBe(
      '{"Version":"2012-10-17","Statement":[' +
        '{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts","s3:DeleteObject"],' +
        '"Resource":["arn:aws:s3:::features/a/*"]},' +
        '{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::features"],' +
        '"Condition":{"StringLike":{"s3:prefix":["a/*"]}}}]}',
    );
  });

  test('nothing is in it that was not asked for', () => {
    for (const verb of verbs) {
      const actions = statementsOf(scope(verb), 'aws').flatMap(({ Action }) => Action);
      const others = verbs.filter((other) => other !== verb).flatMap((other) => statementsOf(scope(other), 'aws'));
      for (const { Action } of others) for (const action of Action) expect(actions).not.toContain(action);
    }
  });

  test('what is written in it stays within it, and is ASCII', () => {
    const prefix = fc.string({ unit: 'binary' }).map((text) => `${text}/`);
    fc.assert(
      fc.property(prefix, (text) => {
        if (faultOfPrefix(text) !== undefined) return;
        const policy = sessionPolicy({ policyDocument: '', scope: { ...scope('read'), prefix: text } }, 'aws') ?? '';
        expect(policy).toMatch(/^[ -~]+$/);
        expect(JSON.parse(policy).Statement).toEqual([allow(['s3:GetObject'], [`arn:aws:s3:::features/${text}*`])]);
      }),
    );
  });

  test('a policy that STS would not take is not sent', () => {
    const long = { ...scope('read'), prefix: `${'ü'.repeat(255)}/` };
    expect(() => sessionPolicy({ policyDocument: policyOf(allow('s3:*', '*'), allow('s3:*', '*')), scope: long }, 'aws')).toThrow(
      PolicyFault,
    );
  });
});

describe('a prefix', () => {
  test.each([
    ['without its slash', 'a'],
    ['with a wildcard', 'a*/'],
    ['with a question mark', 'a?/'],
    ['with a variable', `${VARIABLE}/`],
    ['that goes up', 'a/../b/'],
    ['that begins with a slash', '/a/'],
    ['with an empty part', 'a//b/'],
    ['with a line break', 'a\nb/'],
    ['with half a character', '\ud800/'],
    ['of one slash', '/'],
    ['that is too long', `${'a'.repeat(512)}/`],
  ])('%s is refused', (_what, prefix) => {
    expect(faultOfPrefix(prefix)).toBeDefined();
  });

  test('of letters, spaces and quotes is taken, and none is the whole bucket', () => {
    for (const prefix of ['', 'a/', 'my data/', `o'neil "x"/`, '模型/', 'a/b/c/']) expect(faultOfPrefix(prefix)).toBeUndefined();
  });

  test('is told from a key, which needs no slash and may hold an asterisk', () => {
    expect(faultOfKey('a/b*')).toBeUndefined();
    expect(faultOfKey('a/')).toBeDefined();
    expect(faultOfKey('')).toBeDefined();
  });
});

describe('a document and a scope together', () => {
  test('allow what both allow', () => {
    expect(combined(policyOf(allow('s3:*', '*')), 'read')).toEqual([allow(['s3:GetObject'], ['arn:aws:s3:::features/a/*'])]);
    expect(combined(policyOf(allow(['S3:get*', 's3:Put?bject'], 'arn:aws:s3:::features/*')), 'read', 'delete')).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::features/a/*']),
    ]);
    expect(combined(policyOf(allow('s3:GetObject', 'arn:aws:s3:::features/a/deep/*')), 'read')).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::features/a/deep/*']),
    ]);
  });

  test('deny what the document denies, to the letter', () => {
    const deny = { Sid: 'no', Effect: 'Deny', NotAction: 's3:GetObject', Resource: '*' };
    expect(combined(policyOf(allow('*', '*'), deny), 'read')[1]).toEqual(deny);
  });

  test('keep the conditions of both', () => {
    const conditions = { StringLike: { 's3:prefix': ['a/deep/*', 'b/*'] }, Bool: { 'aws:SecureTransport': 'true' } };
    expect(combined(policyOf(allow('s3:*', '*', { Condition: conditions })), 'list')).toEqual([
      allow(['s3:ListBucket'], ['arn:aws:s3:::features'], {
        Condition: { StringLike: { 's3:prefix': ['a/deep/*'] }, Bool: { 'aws:SecureTransport': 'true' } },
      }),
    ]);
    const insensitive = { stringlike: { 'S3:Prefix': 'a/x/*' } };
    expect(combined(policyOf(allow('s3:*', '*', { Condition: insensitive })), 'list')[0].Condition).toEqual({
      stringlike: { 'S3:Prefix': ['a/x/*'] },
    });
  });

  test.each([
    ['what is elsewhere', policyOf(allow('s3:GetObject', 'arn:aws:s3:::other/*'))],
    ['another action', policyOf(allow('s3:PutObject', '*'))],
    ['nothing', policyOf({ Effect: 'Deny', Action: '*', Resource: '*' })],
    ['everything but something', policyOf({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })],
    ['all places but one', policyOf({ Effect: 'Allow', Action: '*', NotResource: 'x' })],
    ['a pattern that no part of can be told', policyOf(allow('s3:GetObject', 'arn:aws:s3:::*/a/x'))],
    ['a variable before the prefix', policyOf(allow('s3:GetObject', `arn:aws:s3:::features/${VARIABLE}/*`))],
    ['a principal', policyOf({ ...allow('*', '*'), Principal: '*' })],
    ['no effect', policyOf({ Action: '*', Resource: '*' })],
    ['numbers', policyOf(allow(1, '*'))],
    ['a list for a condition', policyOf(allow('s3:GetObject', '*', { Condition: [] }))],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['no object', '[]'],
    ['no JSON', '{'],
  ])('a document that allows or holds %s is a fault', (_what, document) => {
    expect(() => combined(document, 'read')).toThrow(PolicyFault);
  });

  test('never allow more than the scope, whatever the document says', () => {
    const word = fc.stringMatching(/^[a*?/]{0,6}$/);
    const resource = fc
      .tuple(fc.constantFrom('features/', 'features', 'feat*', '*', 'other/'), word)
      .map(([a, b]) => `arn:aws:s3:::${a}${b}`);
    const action = fc.constantFrom('s3:*', '*', 's3:Get*', 's3:????bject', 's3:PutObject', 's3:*Object*');
    fc.assert(
      fc.property(fc.array(fc.tuple(action, resource), { minLength: 1, maxLength: 3 }), (parts) => {
        const { statements } = readDocument(policyOf(...parts.map(([a, r]) => allow(a, r))));
        try {
          for (const found of intersection(statements, statementsOf(scope('read', 'write'), 'aws'))) {
            for (const one of found['Action'] as string[]) expect(one).toMatch(/^s3:(?:Get|Put)Object$|Multipart/);
            for (const one of found['Resource'] as string[]) expect(one.startsWith('arn:aws:s3:::features/a/')).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyFault);
        }
      }),
    );
  });

  test('what both patterns match is what their pattern matches, where one is given', () => {
    const matches = (pattern: string, text: string) =>
      new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
    const texts = fc.stringMatching(/^[ab/]{0,6}$/);
    const own = fc.stringMatching(/^[ab/]{1,4}\*?$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[ab/*?]{1,6}$/), own, texts, (theirs, ours, text) => {
        const both = matches(theirs, text) && matches(ours, text);
        try {
          const pattern = patternOfBoth(theirs, ours);
          expect(pattern !== undefined && matches(pattern, text)).toBe(both);
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyFault);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('no pattern of actions takes long', () => {
    const slow = policyOf(allow(`s3:${'*a'.repeat(2000)}`, '*'), allow('s3:GetObject', '*'));
    expect(combined(slow, 'read')).toHaveLength(1);
  });
});

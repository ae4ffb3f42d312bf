import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillTemplate, readTemplate } from './claim-template.ts';

const NOW = Date.UTC(2026, 0, 2);
const attributes = {
  'identity.entity.id': 'e-1',
  'identity.entity.name': 'trainer',
  'identity.entity.metadata.team': 'vision',
  'identity.entity.metadata.cost.centre': '7',
  'identity.entity.aliases.jwt_1.metadata.sub': 'job',
  'identity.groups.names.all.id': 'g-2',
  'identity.groups.ids.g-1.name': 'ml.team',
  'identity.groups.ids.g-1.metadata.name': 'no group',
  'identity.groups.names.all.metadata.id': 'no group',
  'identity.groups.ids.g-2.name': 'all',
  'workload.method': 'jwt',
  'workload.claims.namespace': 'prod',
};
const fill = (template: string, facts: Record<string, string> = attributes) =>
  fillTemplate(readTemplate(template), { attributes: facts, now: NOW });

describe('a template', () => {
  test('gives texts, objects, lists and times, as Vault names them', () => {
    const template = `{
      "who": {"id": {{identity.entity.id}}, "team": {{ identity.entity.metadata.team }}},
      "metadata": {{identity.entity.metadata}},
      "alias": {{identity.entity.aliases.jwt_1.metadata}},
      "groups": {{identity.entity.groups.names}},
      "group_ids": [{{identity.entity.groups.ids}}],
      "platform": {{workload.claims}},
      "now": {{time.now}}, "later": {{time.now.plus.2h}}, "before": {{time.now.minus.30}},
      "nbf": {{time.now}},
      "fixed": [1, "two", null]
    }`;
    const now = NOW / 1000;
    expect(fill(template)).toEqual({
      who: { id: 'e-1', team: 'vision' },
      metadata: { team: 'vision', 'cost.centre': '7' },
      alias: { sub: 'job' },
      groups: ['all', 'ml.team'],
      group_ids: [['g-1', 'g-2']],
      platform: { namespace: 'prod' },
      now,
      later: now + 7200,
      before: now - 30,
      fixed: [1, 'two', null],
    });
  });

  test('may come in base64, or not at all', () => {
    expect(fill(Buffer.from('{"a": {{workload.method}}}').toString('base64'))).toEqual({ a: 'jwt' });
    expect(fill('')).toEqual({});
    expect(fill('  ')).toEqual({});
  });

  test('gives nothing where there is no such fact, and knows no inherited ones', () => {
    const template =
      '{"a": {{identity.entity.metadata.none}}, "b": {{identity.entity.groups.names}}, "c": {{workload.constructor}}}';
    expect(fill(template, {})).toEqual({ a: '', b: [], c: '' });
  });

  test('keeps its shape whatever a fact holds', () => {
    const template = '{"team": {{identity.entity.metadata.team}}, "all": {{identity.entity.metadata}}, "last": true}';
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const filled = JSON.parse(JSON.stringify(fill(template, { 'identity.entity.metadata.team': value })));
        expect(filled).toEqual({ team: value, all: { team: value }, last: true });
      }),
    );
  });

  test.each(['","sub":"root', '"}, "admin": {"x": "', '{{identity.entity.id}}', '\\"', '\u0000', '__proto__'])(
    'takes the fact %j for a text and no more',
    (value) => {
      const filled = fill('{"a": {{identity.entity.metadata.x}}, "b": 1}', { 'identity.entity.metadata.x': value });
      expect(JSON.parse(JSON.stringify(filled))).toEqual({ a: value, b: 1 });
    },
  );
});

describe('no template', () => {
  test.each<readonly [string, string]>([
    ['is something else than an object', '[1]'],
    ['is no JSON', '{"a": }'],
    ['is a placeholder alone', '{{identity.entity.metadata}}'],
    ['has a placeholder within a text', '{"a": "x-{{identity.entity.name}}"}'],
    ['has a quoted placeholder', '{"a": "{{identity.entity.name}}"}'],
    ['has a placeholder as a name', '{ {{identity.entity.name}}: 1}'],
    ['names what there is not', '{"a": {{identity.secrets}}}'],
    ['names the environment', '{"a": {{env.HOME}}}'],
    ['has an open placeholder', '{"a": {{identity.entity.name}'],
    ['names a claim twice', '{"a": 1, "a": 2}'],
    ['sets nbf to another time', '{"nbf": {{time.now.minus.1h}}}'],
    ['sets nbf to a number', '{"nbf": 0}'],
    ['is too deep', `{"a": ${'['.repeat(40)}${']'.repeat(40)}}`],
    ['is too long', `{"a": "${'x'.repeat(20_000)}"}`],
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'act', 'cnf', 'nonce', 'azp', 'workload', 'namespace'].map(
      (name) => [`sets ${name}`, `{"${name}": "x"}`] as const,
    ),
    ['sets sub in another spelling', '{"\\u0073ub": "x"}'],
  ])('%s', (_what, template) => {
    expect(() => readTemplate(template)).toThrow(expect.objectContaining({ code: 'issuer.invalid' }));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWatchwordError } from '../../../foundation/errors.ts';
import { parseStatements, placeholdersOf, render } from '../statements.ts';
import type { Dialect } from './dialect.ts';
import { lex, type Token } from './lexer.ts';

const values = { name: 'ww_a', username: 'ww_a', password: 'Pa55', expiration: '2030-01-01 00:00:00+00' };
const rendered = (texts: readonly string[], dialect: Dialect, given: Readonly<Record<string, string>> = values) =>
  parseStatements(texts, dialect, 'creation_statements').map((statement) => render(statement, given));
const refusal = (text: string, dialect: Dialect): string => {
  try {
    parseStatements([text], dialect, 'creation_statements');
    return 'nothing';
  } catch (error) {
    if (!isWatchwordError(error, 'engine.invalid')) throw error;
    return error.message;
  }
};

describe('statements', () => {
  test('are separated at semicolons, and only there', () => {
    const text = 'CREATE USER \'a;b\'; -- not; here\n SELECT /* ; */ `c;d`, "e\\";" # no; end\n; ;; GRANT (a; b) ON c';
    expect(rendered([text], 'mysql')).toEqual([
      "CREATE USER 'a;b'",
      'SELECT /* ; */ `c;d`, "e\\";" # no; end\n',
      'GRANT (a; b) ON c',
    ]);
    const body = "DO $x$ BEGIN a; $$ b; $$ END $x$; SELECT a$b$c; SELECT '\\'; SELECT E'\\'; ' /* /* ; */ ; */";
    expect(rendered([body], 'postgresql')).toEqual([
      'DO $x$ BEGIN a; $$ b; $$ END $x$',
      'SELECT a$b$c',
      "SELECT '\\'",
      "SELECT E'\\'; ' /* /* ; */ ; */",
    ]);
  });

  test('take values between quotes of every kind, and quote them where there are none', () => {
    const tricky = { ...values, name: 'a\'b"c`d\\e', password: "p'q\\r" };
    expect(rendered(["X '{{name}}' \"{{name}}\" `{{name}}` {{name}}@'%' {{password}}"], 'mysql', tricky)).toEqual([
      "X 'a''b\"c`d\\\\e' \"a'b\"\"c`d\\\\e\" `a'b\"c``d\\e` `a'b\"c``d\\e`@'%' 'p''q\\\\r'",
    ]);
    expect(rendered(["X '{{name}}' E'{{name}}' \"{{name}}\" {{name}} {{password}}"], 'postgresql', tricky)).toEqual([
      "X 'a''b\"c`d\\e' E'a''b\"c`d\\\\e' \"a'b\"\"c`d\\e\" \"a'b\"\"c`d\\e\" 'p''q\\r'",
    ]);
  });

  test('know the quotes inside of dollar quotes, and take another tag where a value would end them', () => {
    const text =
      "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN DROP ROLE {{name}}; END IF; END $$";
    expect(rendered([text], 'postgresql', { name: "a'$$b" })).toEqual([
      "DO $_1$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'a''$$b') THEN DROP ROLE \"a'$$b\"; END IF; END $_1$",
    ]);
    expect(rendered(['DO $x$ {{name}} $$ it is $$ $x$'], 'postgresql')).toEqual(['DO $x$ "ww_a" $$ it is $$ $x$']);
  });

  test.for([
    ['mysql', "SELECT 1; CREATE USER 'a", "statement 2, character 13: the quote ' is not closed"],
    ['mysql', '  CREATE USER {{user}}', 'statement 1, character 13: there is no placeholder {{user}}, only {{name}}'],
    ['mysql', "CREATE USER '{{ name }}'", 'statement 1, character 14: double braces hold one of'],
    ['mysql', 'SELECT `a', 'the quote ` is not closed'],
    ['mysql', 'SELECT /* a', 'the comment is not closed'],
    ['mysql', 'SELECT /*! 1 */', 'a comment that the server executes'],
    ['mysql', 'SELECT /*M! 1 */', 'a comment that the server executes'],
    ['mysql', 'SELECT 1 # {{name}}', 'statement 1, character 12: a placeholder can not stand in a comment'],
    ['mysql', 'SELECT a{{name}}', 'touches'],
    ['mysql', "SELECT 'a'{{password}}", 'touches'],
    ['mysql', "SELECT {{password}}'a'", 'touches'],
    ['mysql', 'SELECT {{name}}{{name}}', 'touches'],
    ['mysql', "SELECT '\\{{name}}'", 'can not follow a backslash'],
    ['mysql', "SELECT _gbk'{{name}}'", 'such a prefix'],
    ['mysql', "SELECT x'{{name}}'", 'such a prefix'],
    ['mysql', "SELECT 1 --\n, '", "statement 1, character 15: the quote ' is not closed"],
    ['mysql', 'SELECT \u0000', 'a control character'],
    ['postgresql', 'SELECT /* /* */', 'the comment is not closed'],
    ['postgresql', 'DO $a$ x $b$', 'the quote $a$ is not closed'],
    ['postgresql', "DO $a$ SELECT '{{name}} $a$", "statement 1, character 15: the quote ' is not closed"],
    ['postgresql', 'DO $a$ {{who}} $a$', 'statement 1, character 8: there is no placeholder {{who}}'],
    ['postgresql', 'SELECT "a', 'the quote " is not closed'],
    ['postgresql', 'SELECT U&{{name}}', 'touches'],
    ['postgresql', 'SELECT U&"{{name}}"', 'such a prefix'],
    ['postgresql', "SELECT b'{{name}}'", 'such a prefix'],
    ['postgresql', "SELECT E'a'\n'b\\'c'", 'a string can not go on in the next line'],
    ['postgresql', "SELECT 'a' -- b\n {{password}}", 'a string can not go on in the next line'],
  ] as const)('of %s: %s is refused', ([dialect, text, message]) => {
    expect(refusal(text, dialect)).toContain(message);
    expect(refusal(text, dialect)).toMatch(/^creation_statements: statement \d, character \d+: /);
  });

  test('count over all texts', () => {
    expect(() => parseStatements(['SELECT 1; SELECT 2', "SELECT '"], 'mysql', 'f')).toThrow('f: statement 3, character 8: ');
  });

  test('say which placeholders they hold', () => {
    const [statement] = parseStatements(["X {{name}} '{{password}}' $$ {{expiration}} $$"], 'postgresql', 'f');
    expect([...placeholdersOf(statement ?? { tokens: [] })]).toEqual(['name', 'password', 'expiration']);
  });

  test('are not rendered with a value missing or with a zero byte', () => {
    expect(() => rendered(['SELECT {{expiration}}'], 'mysql', { name: 'a' })).toThrow('no value for {{expiration}}');
    expect(() => rendered(["SELECT '{{name}}'"], 'postgresql', { name: 'a\0b' })).toThrow('zero byte');
  });
});

/** What stands where, without the content of what is quoted: {{name}} and what it became are the same. */
function structure(tokens: Iterable<Token>, dialect: Dialect): unknown[] {
  return [...tokens].map((token) => {
    if (token.kind === 'placeholder') return quoteOf(token.placeholder, dialect);
    if (token.kind === 'quoted') return token.quote;
    if (token.kind !== 'code') return token.text;
    return typeof token.body === 'string'
      ? structure(lex(token.body, dialect, { placeholders: undefined }), dialect)
      : structure(token.body, dialect);
  });
}
const quoteOf = (placeholder: string, dialect: Dialect) =>
  placeholder !== 'name' && placeholder !== 'username' ? "'" : dialect === 'mysql' ? '`' : '"';

const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom("'", '"', '`', '\\', '$', '$$', '$a$', '{{', '}}', 'name', ';', '--', '/*', '*/', '#', '\n', 'x'),
  }),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
);
const shapes: Readonly<Record<Dialect, readonly string[]>> = {
  mysql: [
    "'{{name}}'",
    '"a{{name}}b"',
    '`{{name}}`',
    "{{name}}@'%'",
    '{{password}}',
    "'it''s {{password}}\\\\'",
    "N'{{name}}'",
    '(',
    'x',
    ')',
  ],
  postgresql: [
    "'{{name}}'",
    '"a{{name}}"',
    "E'\\\\{{password}}'",
    '{{name}}',
    '{{password}}',
    "$$ '{{name}}' {{name}} $$",
    '$a$ {{password}} $a$',
    '$a$ $$ "{{name}}" $$ E\'{{name}}\' $a$',
    'x',
  ],
};

describe.for(['mysql', 'postgresql'] as const)('a statement of %s', (dialect) => {
  test('has the same tokens whatever the values are', () => {
    const statement = fc
      .array(fc.constantFrom(...shapes[dialect]), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(' , '));
    fc.assert(
      fc.property(statement, hostile, hostile, (text, name, password) => {
        const [parsed] = parseStatements([text], dialect, 'f');
        if (parsed === undefined) throw new Error('nothing was parsed');
        const result = render(parsed, { name, password });
        expect(structure(lex(result, dialect, { placeholders: undefined }), dialect)).toEqual(structure(parsed.tokens, dialect));
      }),
      { numRuns: 2000 },
    );
  });

  test('or any other text is parsed or refused, and what is parsed and rendered is what was written', () => {
    const fragment = fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '$',
      '$$',
      '$a$',
      '{{name}}',
      '{{',
      ';',
      '-- ',
      '/*',
      '*/',
      '#',
      '\n',
      ' ',
      'E',
      'x',
      '(',
      ')',
      '&',
      '1',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 24 }), (parts) => {
        // Two dashes at the end of a text are a comment, and before other characters they are none.
        const text = `${parts.join('')} `;
        let statements: ReturnType<typeof parseStatements>;
        try {
          statements = parseStatements([text], dialect, 'f');
        } catch (error) {
          expect(isWatchwordError(error, 'engine.invalid')).toBe(true);
          return;
        }
        for (const statement of statements) {
          const again = render(statement, { name: 'n' });
          expect(parseStatements([again], dialect, 'f').map((each) => render(each, {}))).toEqual([again]);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

export type Dialect = 'mysql' | 'postgresql';

/**
 * What ends a quoted thing early. `doubled`: its own quote, unless doubled. `escaped`: that, and a backslash takes the next
 * character along.
 */
export type Style = 'doubled' | 'escaped';

interface Syntax {
  readonly word: RegExp;
  readonly lineComment: RegExp;
  /** At block comments whose content is executed. */
  readonly programComment: RegExp;
  readonly commentsNest: boolean;
}

const syntaxes: Readonly<Record<Dialect, Syntax>> = {
  // https://dev.mysql.com/doc/refman/8.0/en/comments.html: two dashes are a comment only before white space.
  mysql: {
    word: /[\w$\u0080-\uffff]+/y,
    lineComment: /#[^\n]*|--(?=[^!-~\u0080-\uffff]|$)[^\n]*/y,
    programComment: /\/\*M?!/y,
    commentsNest: false,
  },
  // https://www.postgresql.org/docs/current/sql-syntax-lexical.html: a number ends before a dollar, which may begin a quote.
  postgresql: {
    word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.\u0080-\uffff]*/y,
    lineComment: /--[^\n\r]*/y,
    programComment: /(?!)/y,
    commentsNest: true,
  },
};

export const syntaxOf = (dialect: Dialect): Syntax => syntaxes[dialect];

/**
 * How a quote that stands directly behind `prefix` is read, for sessions with `standard_conforming_strings` (PostgreSQL) or without
 * `ANSI_QUOTES` and `NO_BACKSLASH_ESCAPES` (MySQL). Undefined for what is no quote.
 */
export function quoteStyle(dialect: Dialect, quote: string, prefix: string): Style | undefined {
  if (quote === "'") return dialect === 'mysql' || /^e$/i.test(prefix) ? 'escaped' : 'doubled';
  if (quote === '"') return dialect === 'mysql' ? 'escaped' : 'doubled';
  return quote === '`' && dialect === 'mysql' ? 'doubled' : undefined;
}

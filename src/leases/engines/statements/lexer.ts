import { type Dialect, quoteStyle, type Style, syntaxOf } from './dialect.ts';

/** Text of a quoted thing as it was written, escapes and all, or a value to put there. */
export type Piece = string | { readonly placeholder: string };

/** `at` counts characters from the beginning of the text, from 0. */
export type Token =
  | { readonly kind: 'space' | 'word' | 'symbol'; readonly at: number; readonly text: string }
  | { readonly kind: 'placeholder'; readonly at: number; readonly placeholder: string }
  | {
      readonly kind: 'quoted';
      readonly at: number;
      readonly quote: string;
      readonly style: Style;
      readonly pieces: readonly Piece[];
    }
  /** Between dollar quotes: a program, whose own tokens are known where it holds placeholders. */
  | { readonly kind: 'code'; readonly at: number; readonly tag: string; readonly body: string | readonly Token[] };

/** Where in the text it is not what the dialect allows, and how. */
export class LexicalFault extends Error {
  override readonly name = 'LexicalFault';
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface LexingOptions {
  /** Names that may stand in double braces; undefined where braces are text as any other. */
  readonly placeholders: ReadonlySet<string> | undefined;
}

const DEEPEST = 4;
const placeholderAt = /\{\{(\w{1,32})\}\}/y;
const dollarAt = /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$/y;
const spacesAt = /[ \t\n\r\f\v]+/y;
/** What would become one token with a quoted value beside it. */
const clings = /[\w$"'`\u0080-\uffff]/;

/**
 * The tokens of one text, comments and white space among them.
 * @throws LexicalFault for what the server would read otherwise than it looks, or not at all
 */
export function* lex(text: string, dialect: Dialect, options: LexingOptions, depth = 0): Generator<Token> {
  const reader = new Reader(text, dialect, options, depth);
  for (let token = reader.next(); token !== undefined; token = reader.next()) yield token;
}

class Reader {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #options: LexingOptions;
  readonly #depth: number;
  #at = 0;
  #last: Token | undefined;
  /** Whether a string ended and only white space with a line break came since. */
  #continues: 'no' | 'string' | 'line' = 'no';

  constructor(text: string, dialect: Dialect, options: LexingOptions, depth: number) {
    this.#text = text;
    this.#dialect = dialect;
    this.#options = options;
    this.#depth = depth;
  }

  next(): Token | undefined {
    if (this.#at >= this.#text.length) return undefined;
    const at = this.#at;
    const token = this.#space() ?? this.#placeholder() ?? this.#word() ?? this.#quoted() ?? this.#code() ?? this.#symbol();
    this.#checkContinuation(token, at);
    this.#last = token;
    return token;
  }

  #fault(at: number, message: string): never {
    throw new LexicalFault(at, message);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #take(kind: 'space' | 'word' | 'symbol', length: number): Token {
    const at = this.#at;
    this.#at += length;
    return { kind, at, text: this.#text.slice(at, this.#at) };
  }

  #space(): Token | undefined {
    const spaces = this.#match(spacesAt);
    if (spaces !== undefined) return this.#take('space', spaces[0].length);
    const { lineComment, programComment } = syntaxOf(this.#dialect);
    const line = this.#match(lineComment);
    if (line !== undefined) return this.#comment(line[0].length);
    if (!this.#text.startsWith('/*', this.#at)) return undefined;
    if (this.#match(programComment) !== undefined) this.#fault(this.#at, 'a comment that the server executes is not taken');
    return this.#comment(this.#blockLength());
  }

  #comment(length: number): Token {
    const token = this.#take('space', length);
    const inside = token.kind === 'space' ? token.text.indexOf('{{') : -1;
    if (inside >= 0 && this.#options.placeholders !== undefined) {
      this.#fault(token.at + inside, 'a placeholder can not stand in a comment');
    }
    return token;
  }

  #blockLength(): number {
    const nests = syntaxOf(this.#dialect).commentsNest;
    let open = 1;
    for (let at = this.#at + 2; at < this.#text.length; at += 1) {
      if (this.#text.startsWith('*/', at)) {
        open -= 1;
        at += 1;
        if (open === 0) return at + 1 - this.#at;
      } else if (nests && this.#text.startsWith('/*', at)) {
        open += 1;
        at += 1;
      }
    }
    return this.#fault(this.#at, 'the comment is not closed');
  }

  #placeholder(): Token | undefined {
    if (this.#options.placeholders === undefined || !this.#text.startsWith('{{', this.#at)) return undefined;
    const at = this.#at;
    const placeholder = this.#placeholderName();
    const before = this.#text.charAt(at - 1);
    const touches = clings.test(before) || clings.test(this.#text.charAt(this.#at)) || this.#text.startsWith('{{', this.#at);
    if (touches || this.#last?.kind === 'placeholder' || (before === '&' && this.#dialect === 'postgresql')) {
      this.#fault(at, `{{${placeholder}}} touches what stands beside it: put it between quotes, or spaces around it`);
    }
    return { kind: 'placeholder', at, placeholder };
  }

  /** At double braces. */
  #placeholderName(): string {
    const known = [...(this.#options.placeholders ?? [])].map((name) => `{{${name}}}`).join(', ');
    const name = this.#match(placeholderAt)?.[1];
    if (name === undefined) this.#fault(this.#at, `double braces hold one of ${known}`);
    if (this.#options.placeholders?.has(name) !== true) {
      this.#fault(this.#at, `there is no placeholder {{${name}}}, only ${known}`);
    }
    this.#at += name.length + 4;
    return name;
  }

  #word(): Token | undefined {
    const word = this.#match(syntaxOf(this.#dialect).word);
    return word === undefined ? undefined : this.#take('word', word[0].length);
  }

  #quoted(): Token | undefined {
    const quote = this.#text.charAt(this.#at);
    const prefix = this.#last?.kind === 'word' && this.#last.at + this.#last.text.length === this.#at ? this.#last.text : '';
    const style = quoteStyle(this.#dialect, quote, prefix);
    if (style === undefined) return undefined;
    const at = this.#at;
    this.#at += 1;
    const pieces = this.#pieces(at, quote, style);
    const unicode = this.#dialect === 'postgresql' && this.#text.charAt(at - 1) === '&';
    const plain = prefix === '' || /^(?:n|e)$/i.test(prefix);
    if (pieces.some((piece) => typeof piece !== 'string') && (unicode || !plain)) {
      this.#fault(at, 'a placeholder can not stand in a string with such a prefix');
    }
    return { kind: 'quoted', at, quote, style, pieces };
  }

  /** Up to the closing quote. */
  #pieces(opened: number, quote: string, style: Style): Piece[] {
    const pieces: Piece[] = [];
    let from = this.#at;
    const keep = () => {
      if (this.#at > from) pieces.push(this.#text.slice(from, this.#at));
    };
    while (this.#at < this.#text.length) {
      const doubled = this.#text.startsWith(quote + quote, this.#at);
      const escapes = style === 'escaped' && this.#text.charAt(this.#at) === '\\';
      const braces = this.#options.placeholders !== undefined && this.#text.startsWith('{{', escapes ? this.#at + 1 : this.#at);
      if (escapes && braces) this.#fault(this.#at, 'a placeholder can not follow a backslash');
      if (doubled || escapes) {
        this.#at += 2;
      } else if (this.#text.charAt(this.#at) === quote) {
        keep();
        this.#at += 1;
        return pieces;
      } else if (braces) {
        keep();
        pieces.push({ placeholder: this.#placeholderName() });
        from = this.#at;
      } else this.#at += 1;
    }
    return this.#fault(opened, `the quote ${quote} is not closed`);
  }

  #code(): Token | undefined {
    const tag = this.#dialect === 'postgresql' ? this.#match(dollarAt)?.[1] : undefined;
    if (tag === undefined) return undefined;
    const at = this.#at;
    const from = at + tag.length + 2;
    const to = this.#text.indexOf(`$${tag}$`, from);
    if (to < 0) this.#fault(at, `the quote $${tag}$ is not closed`);
    this.#at = to + tag.length + 2;
    const body = this.#text.slice(from, to);
    if (this.#options.placeholders === undefined || !body.includes('{{')) return { kind: 'code', at, tag, body };
    if (this.#depth >= DEEPEST) this.#fault(at, 'dollar quotes stand in each other too deeply');
    try {
      return { kind: 'code', at, tag, body: [...lex(body, this.#dialect, this.#options, this.#depth + 1)] };
    } catch (error) {
      if (error instanceof LexicalFault) this.#fault(from + error.at, error.message);
      throw error;
    }
  }

  #symbol(): Token {
    const symbol = this.#text.charAt(this.#at);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: servers end texts there, or read them differently.
    if (/[\u0000-\u001f\u007f]/.test(symbol)) this.#fault(this.#at, 'a control character can not stand here');
    return this.#take('symbol', 1);
  }

  /** PostgreSQL takes a string that goes on in the next line as one, under the rules of its first part. */
  #checkContinuation(token: Token, at: number): void {
    if (this.#dialect !== 'postgresql') return;
    const string = token.kind === 'placeholder' || (token.kind === 'quoted' && token.quote === "'");
    if (string && this.#continues === 'line') this.#fault(at, 'a string can not go on in the next line: write it as one');
    if (string) this.#continues = 'string';
    else if (token.kind !== 'space') this.#continues = 'no';
    else if (this.#continues === 'string' && isLineBreak(token.text)) this.#continues = 'line';
  }
}

const isLineBreak = (space: string): boolean => /[\n\r]/.test(space) && !space.startsWith('/*');

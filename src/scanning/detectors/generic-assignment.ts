/**
 * How a name and its value stand beside each other in the languages and formats of programs, as parts of regular expressions:
 * after a word for a secret come the rest of its name, an end of quotes or brackets, perhaps a type, something that assigns,
 * perhaps a wrapper, and the value. All bounded; every part begins with characters of its own, so that a failure is found at once.
 */

/** The rest of the name after the anchor: all of it or nothing (what was matched ahead is not tried again shorter). */
const TAIL = String.raw`(?=(?<tail>[\w.-]{0,32}))\k<tail>`;
/** `"]` of `env["X"] =`, `\"` of a notebook, `**` of Markdown, `[]` of C. */
const CLOSE = String.raw`(?:\\{0,3}["'\x60]|\[?\]|[)*?] ?|[ \t]){0,6}`;
/** `: str`, `: Option<String>`, ` string`, `: &'static str`, `{ get; set; }`. */
const TYPE = String.raw`(?:\{ ?get;[a-z ]{0,12} (?:set|init);[ ]?\} ?|: ?(?:&(?:'\w{1,10} )?)?[A-Za-z][\w.]{0,40}(?:[<[][\w.,&' |]{0,40}[>\]])?(?: \| \w{1,12})?\??(?= ?=) ?|(?:string|text|varchar)(?= ?=) ?|as [a-z]{3,12}(?= =) )?`;
/** `value` of a list of names and values (Kubernetes, XML, JSON), or `default` of a variable of Terraform. */
const PAIR = String.raw`(?:[,/]|: ?\{)?[ \t]{0,4}(?:\r?\n[ \t]{0,24})?\\{0,3}["']?(?:[vV]alue|content)\\{0,3}["']? ?[:=]|\{[ \t]{0,4}(?:\r?\n[ \t]{1,8}(?:type|description|sensitive)[^\r\n]{0,64}){0,3}\r?\n[ \t]{1,8}default[ \t]{1,8}=|<\/(?:key|name)>\s{0,24}<(?:string|value)>| --(?:body|value)[ =]|>[ \t]{0,2}(?:\r?\n[ \t]{0,24})?<(?:value|string)>`;
const ASSIGN = String.raw`(?:${PAIR}|=>|:=|<-|[:!=?]?={1,3}|:-|(?:\|\||\?\?)=?|or(?= )|is:?(?= )|[:,(>|])`;
/** `SecretStr(`, `Some(`, `b` of `b"..."`, `!!str`, `- ` of a list. */
const WRAP = String.raw`[ \t]{0,16}(?:(?:new )?[A-Za-z][\w.:]{0,40}(?:\(|!\() ?|[bBrRuUfF@]{1,2}(?=["'])|[[{] ?)?`;
/** No assignment, but a quote follows (`IDENTIFIED BY '...'`, `#define X "..."`), or the name is an option (`--password x`). */
const LOOSE = String.raw`(?:(?<=[ \t])(?=\\{0,3}["'\x60])|(?<=--[\w-]{1,40} {1,3})|(?<=\b(?:ENV|setenv|setx|set -\w{1,4}) \w{1,40} ))`;

const open = String.raw`\\{0,3}["'\x60]`;
/** What begins a reference; passes most of them by without asking the judge. */
const REFERENCE = String.raw`(?!\$[{(A-Za-z_]|\{\{|<|%\(|%[A-Z_]{2,40}%|#\{|\[\[|@\w{1,40}[:.@])`;

export interface ValueSpec {
  /** Characters of a value in quotes, and of one without; members of a class. */
  readonly quoted: string;
  readonly bare: string;
  readonly least: number;
  readonly most: number;
}

/** Source of a pattern: one of `names`, what assigns, and the group `value`. */
export function assignment(names: string, { quoted, bare, least, most }: ValueSpec): string {
  const length = `{${least},${most}}`;
  const value =
    `(?<value>(?<=["'\\x60]|base64:)[${quoted}]${length}(?=\\\\{0,3}["'\\x60])|` +
    `(?<!["'\\x60\\\\])(?!base64:)(?=[A-Za-z_-]{0,63}(?:[0-9!@#$%^&*+/=]|\\.[0-9]))(?:[${bare}]|&(?![\\w-]{1,32}=|[&\\s]|amp;))${length}(?=[\\s,;&>)}\\]|"'\\x60\\\\]|<\\/|$))`;
  return `(?:${names})${TAIL}${CLOSE}${TYPE}(?:${ASSIGN}${WRAP}|${LOOSE})(?:${open})?(?:base64:)?${REFERENCE}${value}`;
}

/** Most bytes before the value in a match of `assignment`, for names of at most `name` bytes. */
export const leadOf = (name: number): number => name + 32 + 24 + 110 + 240 + 70 + 4;

/** An element with either text or other elements in it, each of them once. */
export interface XmlElement {
  readonly name: string;
  /** Without white space around it; empty where there are elements. */
  readonly text: string;
  readonly children: ReadonlyMap<string, XmlElement>;
}

export interface XmlDocument extends XmlElement {
  /** Of the root; empty where it says none. */
  readonly namespace: string;
}

const DEEPEST = 8;
const DECLARATION = /^<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?\?>/;
const OPENING = /\s*<(\w{1,64})( xmlns="[\w:/.-]{1,128}")?>/y;
const TEXT = /[^<>&]*/y;
const CLOSING = /\s*<\/(\w{1,64})>/y;

/**
 * The small part of XML that the services of AWS answer in, and nothing else that an XML parser would take: no declarations but the
 * first, no comments, entities, sections, attributes; a name space on the root alone; no element twice beside itself. Undefined for
 * everything else: what two readers could understand differently is not read at all.
 */
export function parseStrictXml(xml: string): XmlDocument | undefined {
  const reader = new Reader(xml.replace(DECLARATION, ''));
  return reader.document();
}

class Reader {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  document(): XmlDocument | undefined {
    const opened = this.#take(OPENING);
    if (opened === undefined) return undefined;
    const [, name = '', xmlns = ''] = opened;
    const root = this.#rest(name, 1);
    if (root === undefined || this.#xml.slice(this.#at).trim() !== '') return undefined;
    return { ...root, namespace: xmlns.slice(' xmlns="'.length, -1) };
  }

  /** What follows the opening of an element, up to and with its end. */
  #rest(name: string, depth: number): XmlElement | undefined {
    if (depth > DEEPEST) return undefined;
    const children = new Map<string, XmlElement>();
    for (let opened = this.#take(OPENING); opened !== undefined; opened = this.#take(OPENING)) {
      const [, inner = '', xmlns] = opened;
      const child = xmlns === undefined && !children.has(inner) ? this.#rest(inner, depth + 1) : undefined;
      if (child === undefined) return undefined;
      children.set(inner, child);
    }
    const text = children.size > 0 ? '' : (this.#take(TEXT)?.[0] ?? '').trim();
    return this.#take(CLOSING)?.[1] === name ? { name, text, children } : undefined;
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#xml);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

import { DerError, type DerValue, derTags, membersOf, readObjectId } from './der.ts';

/** One attribute of a name: `CN`, `OU`. */
export interface NameAttribute {
  /** Object identifier: `2.5.4.3`. */
  readonly type: string;
  /** Undefined for a text in an encoding that is not read. */
  readonly value: string | undefined;
}

export interface DistinguishedName {
  /** As it stands in the certificate: names are the same where their bytes are. */
  readonly der: Buffer;
  /** The bytes of each part, from the top. */
  readonly parts: readonly Buffer[];
  readonly attributes: readonly NameAttribute[];
  /** In the manner of RFC 4514, but from the top down: `O=Acme,OU=ML,CN=trainer`. Different names have different texts. */
  readonly text: string;
}

export const attributeTypes = {
  commonName: '2.5.4.3',
  organizationalUnit: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/** RFC 4514 § 3, and what certificates use besides. */
const shortNames: Readonly<Record<string, string>> = {
  [attributeTypes.commonName]: 'CN',
  [attributeTypes.organizationalUnit]: 'OU',
  '2.5.4.10': 'O',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Control and format characters, surrogates and what is not assigned: what people cannot see. */
const UNSEEN = /\p{C}/u;

/** @throws DerError; for texts with characters that cannot be seen as well */
export function readName(value: DerValue | undefined): DistinguishedName {
  const parts = membersOf(value, derTags.sequence).rest();
  const attributes: NameAttribute[] = [];
  const texts: string[] = [];
  for (const part of parts) {
    const members = membersOf(part, derTags.set).rest();
    if (members.length === 0) throw new DerError('a part of a name is empty');
    const printed = members.map((member) => {
      const pair = membersOf(member, derTags.sequence);
      const type = readObjectId(pair.take(derTags.objectId));
      const [content, ...more] = pair.rest();
      if (content === undefined || more.length > 0) throw new DerError('an attribute of a name is no pair');
      const text = readText(content);
      attributes.push({ type, value: text });
      return `${shortNames[type] ?? type}=${text === undefined ? `#${content.whole.toString('hex')}` : escaped(text)}`;
    });
    texts.push(printed.join('+'));
  }
  const whole = value?.whole ?? Buffer.alloc(0);
  return { der: whole, parts: parts.map((part) => part.whole), attributes, text: texts.join(',') };
}

export function valuesOf({ attributes }: DistinguishedName, type: string): readonly string[] {
  return attributes.flatMap((attribute) => (attribute.type === type && attribute.value !== undefined ? [attribute.value] : []));
}

/** Texts with bytes that people do not see are a trap, wherever they stand. @throws DerError */
function readText({ tag, content }: DerValue): string | undefined {
  let text: string;
  switch (tag) {
    case derTags.utf8String:
      try {
        text = utf8.decode(content);
      } catch {
        throw new DerError('a text is not UTF-8');
      }
      break;
    case derTags.printableString:
    case derTags.ia5String:
      text = content.toString('latin1');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is beyond ASCII is what is looked for.
      if (/[^\u0000-\u007f]/.test(text)) throw new DerError('a text is not ASCII');
      break;
    default:
      return undefined;
  }
  if (UNSEEN.test(text)) throw new DerError('a text holds characters that cannot be seen');
  return text;
}

/** So that no value reads like a part of its own. */
const escaped = (text: string) => text.replace(/[\\,+=/#<>;"]/g, (character) => `\\${character}`);

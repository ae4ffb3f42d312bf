import { DerError, type DerValue, derTags, membersOf } from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';

/** By what a certificate names its holder (RFC 5280 § 4.2.1.6). */
export interface AlternativeNames {
  readonly uris: readonly string[];
  readonly dns: readonly string[];
  readonly emails: readonly string[];
  /** Four or sixteen bytes each. */
  readonly addresses: readonly Buffer[];
  readonly directories: readonly DistinguishedName[];
  /** Context tags of names in other forms, which are not read. */
  readonly others: readonly number[];
}

export const noAlternativeNames: AlternativeNames = {
  uris: [],
  dns: [],
  emails: [],
  addresses: [],
  directories: [],
  others: [],
};

/** Context tags of GeneralName. */
export const nameForms = { email: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, address: 0x87 } as const;
/** otherName, x400Address, ediPartyName, registeredID. */
const otherForms: readonly number[] = [0xa0, 0xa3, 0xa5, 0x88];

/** GeneralNames. @throws DerError; for anything but visible ASCII in names of hosts, people and resources as well */
export function readAlternativeNames(value: DerValue): AlternativeNames {
  const names = { uris: [], dns: [], emails: [], addresses: [], directories: [], others: [] } as {
    [Form in keyof AlternativeNames]: AlternativeNames[Form][number][];
  };
  const members = membersOf(value, derTags.sequence).rest();
  if (members.length === 0) throw new DerError('there are no alternative names');
  for (const { tag, content } of members) {
    if (tag === nameForms.uri) names.uris.push(visibleText(content));
    else if (tag === nameForms.dns) names.dns.push(visibleText(content));
    else if (tag === nameForms.email) names.emails.push(visibleText(content));
    else if (tag === nameForms.address) names.addresses.push(addressBytes(content));
    else if (tag === nameForms.directory) names.directories.push(directoryName(content));
    else if (otherForms.includes(tag)) names.others.push(tag);
    else throw new DerError('a name has no known form');
  }
  return names;
}

/** A CHOICE is tagged explicitly. */
export function directoryName(content: Buffer): DistinguishedName {
  const [name, ...more] = membersOf({ tag: derTags.sequence, content, whole: content }, derTags.sequence).rest();
  if (more.length > 0) throw new DerError('a directory name is one name');
  return readName(name);
}

/** No NUL that would end it for some readers, no letters that only look like others. */
export function visibleText(content: Buffer): string {
  if (content.length === 0 || content.some((byte) => byte <= 0x20 || byte >= 0x7f)) {
    throw new DerError('a name holds other characters than visible ASCII');
  }
  return content.toString('latin1');
}

function addressBytes(content: Buffer): Buffer {
  if (content.length !== 4 && content.length !== 16) throw new DerError('an address has another length');
  return content;
}

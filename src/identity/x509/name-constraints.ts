import { type AlternativeNames, directoryName, nameForms, visibleText } from './alternative-names.ts';
import { DerError, type DerValue, derTags, membersOf, readDer } from './der.ts';
import { attributeTypes, type DistinguishedName, valuesOf } from './distinguished-name.ts';

/** Names below which an authority may issue certificates, and below which it may not (RFC 5280 § 4.2.1.10). */
export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

interface Subtrees {
  readonly dns: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  /** Address and mask, one after the other. */
  readonly addresses: readonly Buffer[];
  readonly directories: readonly DistinguishedName[];
  /** Context tags of forms that are not read. */
  readonly others: readonly number[];
}

/** @throws DerError */
export function readNameConstraints(value: Buffer): NameConstraints {
  const members = membersOf(readDer(value), derTags.sequence);
  const [permitted, excluded] = [readSubtrees(members.takeIf(0xa0)), readSubtrees(members.takeIf(0xa1))];
  members.end();
  return { permitted, excluded };
}

function readSubtrees(value: DerValue | undefined): Subtrees {
  const trees = { dns: [], emails: [], uris: [], addresses: [], directories: [], others: [] } as {
    [Form in keyof Subtrees]: Subtrees[Form][number][];
  };
  for (const tree of value === undefined ? [] : membersOf(value, value.tag).rest()) {
    const [base, ...bounds] = membersOf(tree, derTags.sequence).rest();
    // RFC 5280 allows no minimum and no maximum.
    if (base === undefined || bounds.length > 0) throw new DerError('a name constraint has bounds');
    const { tag, content } = base;
    if (tag === nameForms.dns) trees.dns.push(constraintText(content).toLowerCase());
    else if (tag === nameForms.email) trees.emails.push(constraintText(content));
    else if (tag === nameForms.uri) trees.uris.push(constraintText(content).toLowerCase());
    else if (tag === nameForms.address) trees.addresses.push(subnet(content));
    else if (tag === nameForms.directory) trees.directories.push(directoryName(content));
    else trees.others.push(tag);
  }
  return trees;
}

/** An empty one stands for every name of its form. */
const constraintText = (content: Buffer) => (content.length === 0 ? '' : visibleText(content));

function subnet(content: Buffer): Buffer {
  if (content.length !== 8 && content.length !== 32) throw new DerError('a subnet has another length');
  return content;
}

interface Named {
  readonly subject: DistinguishedName;
  readonly names: AlternativeNames;
}

/** Whether every name of the certificate is within. What cannot be compared is not within. */
export function areNamesWithin({ permitted, excluded }: NameConstraints, { subject, names }: Named): boolean {
  const within = <Name, Tree>(given: readonly Name[], trees: (of: Subtrees) => readonly Tree[], holds: Holds<Name, Tree>) => {
    const [wanted, unwanted] = [trees(permitted), trees(excluded)];
    return given.every(
      (name) =>
        (wanted.length === 0 || wanted.some((tree) => holds(name, tree) === true)) &&
        unwanted.every((tree) => holds(name, tree) === false),
    );
  };
  const constrainedForms = [...permitted.others, ...excluded.others];
  return (
    names.others.every((form) => !constrainedForms.includes(form)) &&
    within(hostsOf({ subject, names }), ({ dns }) => dns, holdsHost) &&
    within([...names.emails, ...valuesOf(subject, attributeTypes.emailAddress)], ({ emails }) => emails, holdsEmail) &&
    within(names.uris, ({ uris }) => uris, holdsUri) &&
    within(names.addresses, ({ addresses }) => addresses, holdsAddress) &&
    within(directoriesOf({ subject, names }), ({ directories }) => directories, holdsDirectory)
  );
}

/** Undefined where name and tree cannot be compared. */
type Holds<Name, Tree> = (name: Name, tree: Tree) => boolean | undefined;

/** A common name that reads like a host's is one where nothing else names a host, as many readers take it. */
function hostsOf({ subject, names }: Named): readonly string[] {
  if (names.dns.length > 0) return names.dns;
  return valuesOf(subject, attributeTypes.commonName).filter((name) => /^[\w*-]+(?:\.[\w*-]+)+\.?$/.test(name));
}

const directoriesOf = ({ subject, names }: Named) =>
  subject.parts.length === 0 ? names.directories : [subject, ...names.directories];

function holdsHost(name: string, tree: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (tree === '') return true;
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree || host.endsWith(`.${tree}`);
}

/** A mailbox, the host of mailboxes, or with a dot before it the domain of such hosts. */
function holdsEmail(name: string, tree: string): boolean | undefined {
  const at = name.lastIndexOf('@');
  if (at < 1) return undefined;
  const host = name.slice(at + 1).toLowerCase();
  if (tree === '') return true;
  if (tree.includes('@')) {
    const split = tree.lastIndexOf('@');
    return name.slice(0, at) === tree.slice(0, split) && host === tree.slice(split + 1).toLowerCase();
  }
  const wanted = tree.toLowerCase();
  return wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted;
}

/** Constraints are on the host; a URI without one, or with an address, is compared with none. */
function holdsUri(name: string, tree: string): boolean | undefined {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(name)?.[1] ?? '';
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .toLowerCase();
  if (host === '' || host.includes(':') || /^[\d.]+$/.test(host) || host.includes('%')) return undefined;
  if (tree === '') return true;
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree;
}

function holdsAddress(address: Buffer, tree: Buffer): boolean {
  const length = tree.length / 2;
  if (address.length !== length) return false;
  const mask = tree.subarray(length);
  return address.every((byte, at) => (byte & (mask[at] ?? 0)) === ((tree[at] ?? 0) & (mask[at] ?? 0)));
}

function holdsDirectory(name: DistinguishedName, tree: DistinguishedName): boolean {
  return tree.parts.every((part, at) => name.parts[at]?.equals(part) === true);
}

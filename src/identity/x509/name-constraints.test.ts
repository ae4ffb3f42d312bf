import { describe, expect, it } from 'vitest';
import { readCertificate } from './certificate.ts';
import { areNamesWithin, readNameConstraints } from './name-constraints.ts';
import { extension, generalName, makeCertificate, type NameParts } from './testing/certificate-writer.ts';

const now = Date.UTC(2026, 5, 1);
const { dns, email, uri, address, directory, other } = generalName;

interface Case {
  readonly subject?: NameParts;
  readonly names?: readonly Buffer[];
}

function within({ subject = [], names = [] }: Case, permitted: readonly Buffer[], excluded: readonly Buffer[] = []): boolean {
  const extensions = names.length === 0 ? [] : [extension.names(...names)];
  const certificate = readCertificate(makeCertificate({ subject, extensions }, now).der);
  return areNamesWithin(readNameConstraints(Buffer.from(extension.constraints(permitted, excluded).value)), certificate);
}

/** Name, constraint, whether the name is within. */
const cases: readonly (readonly [string, Case, Buffer, boolean])[] = [
  ['the host itself', { names: [dns('acme.example')] }, dns('acme.example'), true],
  ['a host below', { names: [dns('a.b.ACME.example')] }, dns('acme.example'), true],
  ['a host that only ends alike', { names: [dns('evilacme.example')] }, dns('acme.example'), false],
  ['the host above', { names: [dns('example')] }, dns('acme.example'), false],
  ['one of two hosts', { names: [dns('a.acme.example'), dns('evil.example')] }, dns('acme.example'), false],
  ['a host where only those below are', { names: [dns('acme.example')] }, dns('.acme.example'), false],
  ['any host', { names: [dns('x.example')] }, dns(''), true],
  ['a common name that reads like a host', { subject: [['CN', 'evil.example']] }, dns('acme.example'), false],
  ['a common name that reads like none', { subject: [['CN', 'trainer']] }, dns('acme.example'), true],
  ['a mailbox of the host', { names: [email('ada@acme.example')] }, email('acme.example'), true],
  ['a mailbox of a host below', { names: [email('ada@a.acme.example')] }, email('acme.example'), false],
  ['a mailbox of the domain', { names: [email('ada@a.acme.example')] }, email('.acme.example'), true],
  ['the very mailbox', { names: [email('ada@ACME.example')] }, email('ada@acme.example'), true],
  ['another mailbox', { names: [email('Ada@acme.example')] }, email('ada@acme.example'), false],
  ['no mailbox at all', { names: [email('acme.example')] }, email('acme.example'), false],
  ['two hosts behind a mailbox', { names: [email('ada@acme.example@evil.example')] }, email('acme.example'), false],
  ['a mailbox in the subject', { subject: [['email', 'eve@evil.example']] }, email('acme.example'), false],
  ['a URI of the host', { names: [uri('spiffe://acme.example/x')] }, uri('acme.example'), true],
  ['a URI of a host below', { names: [uri('spiffe://a.acme.example/x')] }, uri('acme.example'), false],
  ['a URI of a host in the domain', { names: [uri('https://a.acme.example:8/x')] }, uri('.acme.example'), true],
  [
    'a URI with a user who looks like the host',
    { names: [uri('https://acme.example@evil.example/')] },
    uri('acme.example'),
    false,
  ],
  ['a URI with a host behind a question mark', { names: [uri('https://evil.example?acme.example')] }, uri('acme.example'), false],
  ['a URI without a host', { names: [uri('urn:acme.example')] }, uri('acme.example'), false],
  ['a URI with an address', { names: [uri('https://10.0.0.1/')] }, uri('10.0.0.1'), false],
  ['an address of the network', { names: [address(10, 1, 2, 3)] }, address(10, 0, 0, 0, 255, 0, 0, 0), true],
  ['an address of another network', { names: [address(11, 1, 2, 3)] }, address(10, 0, 0, 0, 255, 0, 0, 0), false],
  ['an address of the other sort', { names: [address(...Array<number>(16).fill(0))] }, address(0, 0, 0, 0, 0, 0, 0, 0), false],
  [
    'a subject below',
    {
      subject: [
        ['O', 'Acme'],
        ['CN', 'x'],
      ],
    },
    directory([['O', 'Acme']]),
    true,
  ],
  [
    'a subject beside',
    {
      subject: [
        ['O', 'Evil'],
        ['CN', 'x'],
      ],
    },
    directory([['O', 'Acme']]),
    false,
  ],
  [
    'a subject in another order',
    {
      subject: [
        ['CN', 'x'],
        ['O', 'Acme'],
      ],
    },
    directory([['O', 'Acme']]),
    false,
  ],
  [
    'a directory name beside',
    { subject: [['O', 'Acme']], names: [directory([['O', 'Evil']])] },
    directory([['O', 'Acme']]),
    false,
  ],
  ['a name in a form that is constrained and not read', { names: [other()] }, other(), false],
  ['names of other forms than the constrained one', { names: [dns('x.example'), other()] }, uri('acme.example'), true],
];

describe('an authority that may name what is below', () => {
  it.each(cases)('%s', (_what, named, permitted, expected) => {
    expect(within(named, [permitted])).toBe(expected);
  });
});

describe('an authority that may not name what is below', () => {
  it.each(
    cases.filter(([, , , expected]) => expected).filter(([what]) => !what.startsWith('names of') && !what.includes('like none')),
  )('%s', (_what, named, excluded) => {
    expect(within(named, [], [excluded])).toBe(false);
  });

  it('a URI of which nobody can say where it is, for it might be there', () => {
    expect(within({ names: [uri('urn:x')] }, [], [uri('acme.example')])).toBe(false);
  });

  it('also where it may name what is above', () => {
    expect(within({ names: [dns('a.acme.example')] }, [dns('acme.example')], [dns('b.acme.example')])).toBe(true);
    expect(within({ names: [dns('x.b.acme.example')] }, [dns('acme.example')], [dns('b.acme.example')])).toBe(false);
  });
});

it('constraints with bounds are not read', () => {
  const bounded = Buffer.from('3010a00e300c8207', 'hex');
  expect(() => readNameConstraints(Buffer.concat([bounded, Buffer.from('example'), Buffer.from('800100', 'hex')]))).toThrow(
    'bounds',
  );
});

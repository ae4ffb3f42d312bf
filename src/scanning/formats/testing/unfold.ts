import { bytesContent } from '../../content.ts';
import { github } from '../../detectors/github.ts';
import { keyed } from '../../detectors/keyed.ts';
import type { Maker } from '../../detectors/maker.ts';
import { chars } from '../../detectors/shape.ts';
import { Scanner } from '../../engine/scanner.ts';
import type { Format } from '../../format.ts';
import { newProgress, type Sighting } from '../../sighting.ts';
import { Unfolder } from '../../unfolder.ts';

/** A key that only the word before it tells from a hash. */
const contextual = keyed({
  id: 'acme-key',
  provider: 'Acme',
  title: 'Acme key',
  family: 'services',
  keywords: ['acme'],
  value: chars('hex', 40),
  source: 'https://example.com',
});

const [personal] = github;
if (personal === undefined) throw new Error('no GitHub detector');

/** A credential that its prefix tells. */
export function tokenFrom(make: Maker): string {
  const value = (personal as NonNullable<typeof personal>).examples(make).positive[0]?.value;
  if (value === undefined) throw new Error('no example');
  return value;
}

export const acmeKeyFrom = (make: Maker): string => make.chars('hex', 40);

const scanner = new Scanner([...github, contextual]);

export interface Seen {
  readonly value: string;
  /** Without the path. */
  readonly address: string;
  readonly sighting: Sighting;
}

export interface Unfolded {
  readonly seen: readonly Seen[];
  readonly problems: readonly string[];
}

/** Everything that is found in one file, as a scan would find it. */
export async function unfold(formats: readonly Format[], path: string, bytes: Uint8Array): Promise<Unfolded> {
  const unfolder = new Unfolder(scanner, formats, newProgress());
  const seen: Seen[] = [];
  const problems: string[] = [];
  for await (const event of unfolder.file(path, bytesContent(bytes))) {
    if (event.kind === 'not-scanned') problems.push(`${event.path}: ${event.reason}`);
    else {
      const { value, address } = event;
      seen.push({ value: Buffer.from(value).toString('latin1'), address: address.slice(path.length), sighting: event });
    }
  }
  return { seen, problems };
}

/** What was found and where, in short. */
export const places = ({ seen }: Unfolded): string[] => seen.map(({ address, value }) => `${address} ${value}`).sort();

import { METHODS } from 'node:http';

export interface ListMethod {
  readonly name: 'LIST' | 'SCAN';
  /** A method of the same length that Node's parser knows. */
  readonly disguise: 'LINK' | 'LOCK';
  /** Start of the name that the parser takes for the start of another method; it refuses the byte after it. */
  readonly accepted: string;
  /** What may stand before `accepted` in other methods: `UN` in UNLINK. */
  readonly elsewhere: readonly string[];
}

/** The parser also knows RTSP's methods, which Node does not list. */
const known = [...METHODS, 'PAUSE', 'FLUSH', 'DESCRIBE'];

const define = (name: ListMethod['name'], disguise: ListMethod['disguise'], accepted: string): ListMethod => ({
  name,
  disguise,
  accepted,
  elsewhere: known.map((method) => method.slice(0, Math.max(0, method.indexOf(accepted, 1)))).filter((text) => text !== ''),
});

const methods = [define('LIST', 'LINK', 'LI'), define('SCAN', 'LOCK', 'S')];

/** The method whose text begins where the parser refused a byte of `packet`, and where that is. */
export function findListMethod(packet: Buffer, refused: number): { method: ListMethod; start: number } | undefined {
  for (const method of methods) {
    const { name, accepted } = method;
    const start = refused - accepted.length;
    if (start < 0 || packet.toString('latin1', start, refused + 1) !== name.slice(0, accepted.length + 1)) continue;
    return mayBeElsewhere(packet, start, method) ? undefined : { method, start };
  }
  return undefined;
}

function mayBeElsewhere(packet: Buffer, start: number, { elsewhere }: ListMethod): boolean {
  return elsewhere.some((text) => {
    const before = packet.toString('latin1', Math.max(0, start - text.length), start);
    // A shorter rest is all that this packet holds of it.
    return before !== '' && text.endsWith(before);
  });
}

/** Whether the bytes are the method and the space after it, or can still become that. */
export function matchMethod(bytes: Buffer, { name }: ListMethod): 'yes' | 'not yet' | 'no' {
  const wanted = `${name} `;
  const seen = bytes.toString('latin1', 0, wanted.length);
  if (seen === wanted) return 'yes';
  return wanted.startsWith(seen) ? 'not yet' : 'no';
}

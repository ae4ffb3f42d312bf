import { constants, createInflate, deflateSync, inflateSync } from 'node:zlib';

/** An object whose bytes are not what git wrote. */
export class DamagedObject extends Error {}

/**
 * The part of a zlib stream that lies below its public face: one reused state, output straight into our buffer. A new state for
 * every object (`inflateSync`) costs eight times as much on the small objects that packs are full of. Where a version of Node
 * lacks it, the public function takes its place.
 */
interface ZlibHandle {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  onerror: (message: string) => void;
}

type InflateInto = (input: Uint8Array, at: number, length: number, output: Uint8Array, size: number) => void;

const portable: InflateInto = (input, at, length, output, size) => {
  let inflated: Buffer;
  try {
    inflated = inflateSync(input.subarray(at, at + length), { maxOutputLength: size + 1 });
  } catch {
    throw new DamagedObject('its compressed data is damaged');
  }
  if (inflated.length !== size) throw new DamagedObject('it is not as long as it says');
  output.set(inflated);
};

function reusing(): InflateInto {
  const stream = createInflate() as unknown as { _handle: ZlibHandle; _writeState: Uint32Array };
  const { _handle: handle, _writeState: state } = stream;
  let failed = false;
  handle.onerror = () => {
    failed = true;
  };
  return (input, at, length, output, size) => {
    failed = false;
    handle.reset();
    // One byte more than there should be: a stream that does not end then shows as an error, and a longer one by filling it.
    handle.writeSync(constants.Z_FINISH, input, at, length, output, 0, size + 1);
    if (failed) throw new DamagedObject('its compressed data is damaged');
    if (state[0] !== 1) throw new DamagedObject('it is not as long as it says');
  };
}

function works(inflate: InflateInto): boolean {
  try {
    const output = new Uint8Array(6);
    inflate(deflateSync('probe'), 0, deflateSync('probe').length, output, 5);
    return Buffer.from(output.subarray(0, 5)).toString() === 'probe';
  } catch {
    return false;
  }
}

function choose(): InflateInto {
  try {
    const inflate = reusing();
    return works(inflate) ? inflate : portable;
  } catch {
    return portable;
  }
}

const chosen = choose();

/**
 * Inflates `length` bytes of `input` at `at` (more than the stream has is fine) into `output`, which has room for `size + 1`.
 * @throws DamagedObject unless exactly `size` bytes come out
 */
export function inflateInto(input: Uint8Array, at: number, length: number, output: Uint8Array, size: number): void {
  chosen(input, at, length, output, size);
}

import type { Content } from '../content.ts';
import type { Format, TextPiece } from '../format.ts';
import { drain, readElements } from './array-elements.ts';
import { ByteReader } from './byte-reader.ts';
import { PickleMachine } from './pickle-machine.ts';
import { NotPickle, type Step, step } from './pickle-opcodes.ts';
import { TextOutput } from './text-output.ts';

const NAMED = /\.(?:pkl|pickle|pck|pcl|joblib|dill|sav|pt|pth|ckpt|bin|model)(?:\.\d+)?$/i;
/** Names that only pickles have. */
const CERTAIN = /\.(?:pkl|pickle|pck|pcl|joblib|dill)(?:\.\d+)?$/i;
/** First opcodes of pickles without a header: protocols 0 and 1. What is none after all loses nothing: its runs are read. */
const OLD = '(])}cSVXUTNIKMJLFG';

const WINDOW = 256 * 1024;
const LARGEST = 4 * 1024 * 1024;
/** In what is no pickle (any longer), shorter runs are chance. */
const LEAST = 12;

function recognises(path: string, head: Uint8Array): boolean {
  const [first, second = 0, third] = head;
  if (first === 0x80)
    return second >= 2 && second <= 5 && (second >= 4 ? third === 0x95 || NAMED.test(path) : isOldStart(path, third));
  return first !== undefined && OLD.includes(String.fromCharCode(first)) && CERTAIN.test(path);
}

/** Of protocols 2 and 3, which have no frame to tell them by. */
const isOldStart = (path: string, opcode: number | undefined): boolean =>
  NAMED.test(path) || (opcode !== undefined && '}](c)XUKMN\x8a\x88\x89'.includes(String.fromCharCode(opcode)));

/** Pickles of every protocol, several in one file, joblib's with arrays between the opcodes, PyTorch's old files. */
export const pickle: Format = {
  kind: 'pickle',
  title: 'Python pickle, joblib and PyTorch files',
  recognises,
  async *unfold(content: Content) {
    const reader = new ByteReader(content.chunks());
    const output = new TextOutput();
    yield* readPickles(reader, output, 'pickle');
    yield* output.rest();
  },
};

/** Reads to the end of the stream: what is no pickle any longer gives its printable runs. */
export async function* readPickles(reader: ByteReader, output: TextOutput, prefix: string): AsyncGenerator<TextPiece> {
  const machine = new PickleMachine(output, prefix);
  let window = WINDOW;
  for (;;) {
    const bytes = await reader.peek(window);
    if (bytes.length === 0) break;
    const { used, last } = run(machine, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    await reader.read(used);
    yield* output.grown();
    if (last === undefined) break;
    if (last.array !== undefined) {
      if (last.array.isPadded) await reader.skip((await reader.read(1))[0] ?? 0);
      yield* readElements(reader, last.array.element, last.array.count, `${prefix}.array`, output);
    } else if (last.payload !== undefined) {
      yield* drain(reader, last.payload, `${prefix}.bytes`, LEAST, output);
    } else if (last.isStop === true) {
      if (!machine.end() && !(await beginsPickle(reader))) break;
    } else if (used > 0) {
      window = WINDOW;
    } else if (bytes.length < window || window >= LARGEST) {
      break;
    } else {
      window *= 2;
    }
  }
  machine.flush();
  yield* drain(reader, Number.POSITIVE_INFINITY, `${prefix}.rest`, LEAST, output);
}

/** Performs opcodes as long as they are complete. `last` is the one that needs the reader; undefined when the bytes are no pickle. */
function run(machine: PickleMachine, bytes: Buffer): { readonly used: number; readonly last: Step | undefined } {
  let used = 0;
  try {
    while (used < bytes.length) {
      const done = step(machine, bytes, used);
      used += done.length;
      if (done.length === 0 || done.payload !== undefined || done.array !== undefined || done.isStop) return { used, last: done };
    }
  } catch (error) {
    if (!(error instanceof NotPickle)) throw error;
    return { used, last: undefined };
  }
  return { used, last: { length: 1 } };
}

async function beginsPickle(reader: ByteReader): Promise<boolean> {
  const [first, second = 0] = await reader.peek(2);
  return first === 0x80 && second >= 2 && second <= 5;
}

import type { PickleMachine, RawArray } from './pickle-machine.ts';

/** What one opcode was. */
export interface Step {
  /** Bytes of it; 0 when more must be there to tell. */
  readonly length: number;
  /** Bytes that follow it and are data, not opcodes: too long to be held. */
  readonly payload?: number;
  readonly array?: RawArray;
  readonly isStop?: boolean;
}

/** The bytes are no pickle, or none any longer. */
export class NotPickle extends Error {}

/** Longer strings are read as a stream. */
const HELD = 1024 * 1024;
const LINE = 1024 * 1024;

const STOP = 0x2e;
const BUILD = 0x62;
const GLOBAL = 0x63;
const INSTANCE = 0x69;

const MORE: Step = { length: 0 };
const ONE: Step = { length: 1 };

type Action = (machine: PickleMachine) => void;

/** By the opcode's byte. */
const byByte = <T>(named: Readonly<Record<string, T>>): (T | undefined)[] =>
  Array.from({ length: 256 }, (_, byte) => named[String.fromCharCode(byte)]);

/** Opcodes without an argument. */
const PLAIN = byByte<Action>({
  '(': (machine) => machine.mark(),
  '0': (machine) => machine.pop(1),
  '1': (machine) => machine.popMark(),
  '2': (machine) => machine.duplicate(),
  N: (machine) => machine.push(undefined),
  Q: (machine) => machine.replace(1),
  R: (machine) => machine.reduce(),
  a: (machine) => machine.append(),
  d: (machine) => machine.setItems(true),
  '}': (machine) => machine.emptyDictionary(),
  e: (machine) => machine.appends(),
  l: (machine) => machine.tuple(),
  ']': (machine) => machine.push(undefined),
  o: (machine) => machine.tuple(),
  s: (machine) => machine.setItem(),
  t: (machine) => machine.tuple(),
  ')': (machine) => machine.push({ items: [] }),
  u: (machine) => machine.setItems(),
  '\x81': (machine) => machine.reduce(),
  '\x85': (machine) => machine.tuple(1),
  '\x86': (machine) => machine.tuple(2),
  '\x87': (machine) => machine.tuple(3),
  '\x88': (machine) => machine.push(undefined),
  '\x89': (machine) => machine.push(undefined),
  '\x8f': (machine) => machine.push(undefined),
  '\x90': (machine) => machine.appends(),
  '\x91': (machine) => machine.tuple(),
  '\x92': (machine) => machine.replace(3),
  '\x93': (machine) => machine.stackGlobal(),
  '\x94': (machine) => machine.memoize(),
  '\x97': (machine) => machine.push(undefined),
  '\x98': () => undefined,
});

type Numbered = (machine: PickleMachine, value: number) => void;
const opaque: Numbered = (machine) => machine.push(undefined);

/** Opcodes with a number of fixed length, little-endian. */
const FIXED = byByte<readonly [bytes: number, Numbered]>({
  '\x80': [1, (machine) => machine.begin()],
  K: [1, (machine, value) => machine.push(value)],
  M: [2, (machine, value) => machine.push(value)],
  J: [4, (machine, value) => machine.push(value | 0)],
  G: [8, opaque],
  h: [1, (machine, value) => machine.recall(value)],
  j: [4, (machine, value) => machine.recall(value)],
  q: [1, (machine, value) => machine.memoize(value)],
  r: [4, (machine, value) => machine.memoize(value)],
  '\x82': [1, opaque],
  '\x83': [2, opaque],
  '\x84': [4, opaque],
  '\x95': [8, () => undefined],
});

/** Opcodes with a length and as many bytes. */
const COUNTED = byByte<readonly [lengthBytes: number, isText: boolean]>({
  T: [4, true],
  U: [1, true],
  X: [4, true],
  '\x8c': [1, true],
  '\x8d': [8, true],
  B: [4, true],
  C: [1, true],
  '\x8e': [8, true],
  '\x96': [8, true],
  '\x8a': [1, false],
  '\x8b': [4, false],
});

type Lined = (machine: PickleMachine, line: string) => void;

/** Opcodes whose argument ends with the line. */
const LINED = byByte<Lined>({
  F: (machine) => machine.push(undefined),
  I: (machine, line) => machine.push(/^-?\d{1,15}$/.test(line) ? Number(line) : undefined),
  L: (machine) => machine.push(undefined),
  P: (machine, line) => machine.text(Buffer.from(line, 'latin1')),
  S: (machine, line) => machine.text(Buffer.from(unquoted(line), 'latin1')),
  V: (machine, line) => machine.text(Buffer.from(unescaped(line), 'utf8')),
  g: (machine, line) => machine.recall(Number(line)),
  p: (machine, line) => machine.memoize(Number(line)),
});

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** A string as Python's `repr` writes it. */
const unquoted = (line: string): string =>
  line
    .replace(/^['"]|['"]$/g, '')
    .replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    );

const unescaped = (line: string): string =>
  line.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Performs the opcode at `at`. @throws NotPickle */
export function step(machine: PickleMachine, bytes: Buffer, at: number): Step {
  const opcode = bytes[at] as number;
  const plain = PLAIN[opcode];
  if (plain !== undefined) {
    plain(machine);
    return ONE;
  }
  if (opcode === STOP) return { length: 1, isStop: true };
  if (opcode === BUILD) {
    const array = machine.build();
    return array === undefined ? ONE : { length: 1, array };
  }
  const counted = COUNTED[opcode];
  if (counted !== undefined) return countedStep(machine, bytes, at + 1, ...counted);
  const fixed = FIXED[opcode];
  if (fixed !== undefined) {
    const [length, action] = fixed;
    if (at + 1 + length > bytes.length) return MORE;
    action(machine, length === 8 ? 0 : bytes.readUIntLE(at + 1, length));
    return { length: 1 + length };
  }
  if (opcode === GLOBAL || opcode === INSTANCE) return globalStep(machine, bytes, at);
  const lined = LINED[opcode];
  if (lined === undefined) throw new NotPickle();
  const line = lineAt(bytes, at + 1);
  if (line === undefined) return MORE;
  lined(machine, line);
  return { length: 2 + line.length };
}

function countedStep(machine: PickleMachine, bytes: Buffer, at: number, lengthBytes: number, isText: boolean): Step {
  if (at + lengthBytes > bytes.length) return MORE;
  const length = lengthBytes === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, lengthBytes);
  const from = at + lengthBytes;
  if (length > HELD) {
    machine.push(undefined);
    return { length: 1 + lengthBytes, payload: length };
  }
  if (from + length > bytes.length) return MORE;
  if (isText) machine.text(bytes.subarray(from, from + length));
  else machine.push(undefined);
  return { length: 1 + lengthBytes + length };
}

/** `module\nname\n`; an instance takes its arguments from above the mark. */
function globalStep(machine: PickleMachine, bytes: Buffer, at: number): Step {
  const module = lineAt(bytes, at + 1);
  const name = module === undefined ? undefined : lineAt(bytes, at + 2 + module.length);
  if (module === undefined || name === undefined) return MORE;
  if (bytes[at] === INSTANCE) machine.popMark();
  machine.global(`${module} ${name}`);
  return { length: 3 + module.length + name.length };
}

function lineAt(bytes: Buffer, at: number): string | undefined {
  const end = bytes.subarray(at, at + LINE).indexOf(10);
  if (end >= 0) return bytes.toString('latin1', at, at + end);
  if (bytes.length - at >= LINE) throw new NotPickle();
  return undefined;
}

import { type ElementType, elementType } from './array-elements.ts';
import type { TextOutput } from './text-output.ts';

/** A string of the pickle, by its number. `written` once it stands in the output. */
interface PickledText {
  readonly bytes: Uint8Array;
  readonly number: number;
  written: boolean;
}

interface Sequence {
  readonly items: readonly Value[];
}

/** An object of a class, with what it was given. */
interface Instance {
  readonly of: string;
  readonly items: readonly Value[];
}

interface Dictionary {
  readonly entries: Map<string, Value>;
}

type Value = PickledText | Sequence | Instance | Dictionary | number | 'mark' | undefined;

/** Elements of an array as they lie in memory, in the middle of a pickle. */
export interface RawArray {
  readonly element: ElementType;
  readonly count: number;
  /** Whether a byte that says how many follow, and as many bytes, stand before them. */
  readonly isPadded: boolean;
}

/** What may stay in memory: beyond it things are forgotten, never strings left out. */
const STACK = 100_000;
const MEMO = 1_000_000;
const ITEMS = 32;
const NESTED = 64;
/** Strings that are named many times are written again with each new key, up to this share of what was read. */
const REPEATS = 4;

const isText = (value: Value): value is PickledText => typeof value === 'object' && 'number' in value;
const isInstance = (value: Value): value is Instance => typeof value === 'object' && 'of' in value;
const isSequence = (value: Value): value is Sequence => typeof value === 'object' && 'items' in value && !('of' in value);
const isDictionary = (value: Value): value is Dictionary => typeof value === 'object' && 'entries' in value;
const nameOf = (value: Value): string => (isText(value) ? Buffer.from(value.bytes).toString('latin1') : '');

/**
 * The stack of a pickle as plain data: enough of it to see which string is the key of which, and how long an array of joblib's is.
 * No class is looked up, nothing is called.
 */
export class PickleMachine {
  readonly #output: TextOutput;
  readonly #prefix: string;
  #stack: Value[] = [];
  #memo = new Map<number, Value>();
  #memoized = 0;
  /** Memos of the pickles around this one. */
  readonly #outer: { readonly memo: Map<number, Value>; readonly memoized: number }[] = [];
  #strings = 0;
  #written = 0;
  #read = 0;

  constructor(output: TextOutput, prefix: string) {
    this.#output = output;
    this.#prefix = prefix;
  }

  text(bytes: Uint8Array): void {
    this.#read += bytes.length;
    this.push({ bytes: new Uint8Array(bytes), number: this.#strings, written: bytes.length === 0 });
    this.#strings += 1;
  }

  push(value: Value): void {
    if (this.#stack.length >= STACK) this.flush();
    this.#stack.push(value);
  }

  mark(): void {
    this.push('mark');
  }

  pop(count: number): void {
    for (let left = count; left > 0; left -= 1) this.#single(this.#stack.pop());
  }

  duplicate(): void {
    this.push(this.#stack.at(-1));
  }

  popMark(): void {
    for (const value of this.#toMark()) this.#single(value);
  }

  /** The last `count` values, or those above the mark, become one. */
  tuple(count?: number): void {
    const items = count === undefined ? this.#toMark() : this.#take(count);
    const [key, value] = items;
    if (items.length === 2 && isText(key) && isText(value)) this.#pair(key, value);
    for (const item of items) if (isText(item) && !(items.length <= 3 && item.bytes.length <= 64)) this.#single(item);
    this.push({ items: items.slice(0, ITEMS) });
  }

  emptyDictionary(): void {
    this.push({ entries: new Map() });
  }

  /** Values above the mark: keys and values in turn. */
  setItems(ontoNew = false): void {
    const items = this.#toMark();
    if (ontoNew) this.emptyDictionary();
    for (let at = 0; at < items.length; at += 2) this.#setItem(items[at], items[at + 1]);
  }

  setItem(): void {
    const [key, value] = this.#take(2);
    this.#setItem(key, value);
  }

  appends(): void {
    for (const value of this.#toMark()) this.#single(value);
  }

  append(): void {
    this.#single(this.#stack.pop());
  }

  /** `module name` from the two strings on the stack. */
  stackGlobal(): void {
    const [module, name] = this.#take(2);
    this.global(`${nameOf(module)} ${nameOf(name)}`);
  }

  global(name: string): void {
    this.push({ of: name.slice(0, 200), items: [] });
  }

  /** A call in Python; here the name of what would be called, and its arguments. */
  reduce(): void {
    const [callee, argument] = this.#take(2);
    const items = isSequence(argument) ? argument.items : [];
    if (!isInstance(callee) || callee.of !== 'numpy dtype') this.#single(argument);
    this.push(isInstance(callee) ? { of: callee.of, items } : undefined);
  }

  /** Sets an object's state. Returns the array that joblib puts behind its description. */
  build(): RawArray | undefined {
    const state = this.#stack.pop();
    this.#single(state);
    const target = this.#stack.at(-1);
    if (!isInstance(target) || !isDictionary(state)) return undefined;
    return target.of.endsWith(' NumpyArrayWrapper') ? rawArray(state.entries) : undefined;
  }

  /** The top of the stack becomes one without content that we know. */
  replace(count: number): void {
    this.pop(count);
    this.push(undefined);
  }

  memoize(key?: number): void {
    const value = this.#stack.at(-1);
    const isSmall = isText(value) ? value.bytes.length <= 256 : !isDictionary(value);
    if (this.#memo.size < MEMO) this.#memo.set(key ?? this.#memoized, isSmall ? value : undefined);
    this.#memoized += 1;
  }

  recall(key: number): void {
    this.push(this.#memo.get(key));
  }

  /** Writes every string that nothing has consumed. */
  flush(): void {
    for (const value of this.#stack) this.#single(value);
    this.#stack = [];
  }

  /** A pickle begins: the first, one after another, or joblib's inside another, which has a memo of its own. */
  begin(): void {
    if (this.#stack.length > 0 && this.#outer.length < NESTED) this.#outer.push({ memo: this.#memo, memoized: this.#memoized });
    this.#memo = new Map();
    this.#memoized = 0;
  }

  /** A pickle ends. Returns whether it was inside another one, whose opcodes go on. */
  end(): boolean {
    const outer = this.#outer.pop();
    if (outer === undefined) {
      this.flush();
      return false;
    }
    this.pop(1);
    this.#memo = outer.memo;
    this.#memoized = outer.memoized;
    return true;
  }

  #take(count: number): Value[] {
    return this.#stack.splice(Math.max(0, this.#stack.length - count));
  }

  #toMark(): Value[] {
    const at = this.#stack.lastIndexOf('mark');
    const items = this.#stack.splice(at + 1);
    this.#stack.pop();
    return items;
  }

  #setItem(key: Value, value: Value): void {
    if (isText(key) && isText(value)) this.#pair(key, value);
    else if (isText(key) && isSequence(value)) this.#sequence(key, value);
    else {
      this.#single(key);
      this.#single(value);
    }
    const target = this.#stack.at(-1);
    if (isDictionary(target) && target.entries.size < ITEMS) target.entries.set(nameOf(key), value);
  }

  #sequence(key: PickledText, { items }: Sequence): void {
    for (const item of items) if (isText(item)) this.#pair(key, item);
    this.#single(key);
  }

  #pair(key: PickledText, value: PickledText): void {
    const length = key.bytes.length + value.bytes.length;
    if (value.written && this.#written + length > REPEATS * this.#read) return;
    this.#written += length;
    key.written = true;
    value.written = true;
    this.#output.pair(`${this.#prefix}.string[${value.number}]`, key.bytes, value.bytes);
  }

  #single(value: Value): void {
    if (isSequence(value)) for (const item of value.items) if (isText(item)) this.#single(item);
    if (!isText(value) || value.written) return;
    value.written = true;
    this.#written += value.bytes.length;
    this.#output.string(`${this.#prefix}.string[${value.number}]`, value.bytes);
  }
}

/** Of the elements that follow a `NumpyArrayWrapper`; undefined for arrays of objects, which are pickled in turn. */
function rawArray(state: ReadonlyMap<string, Value>): RawArray | undefined {
  const shape = state.get('shape');
  const type = state.get('dtype');
  if (!isSequence(shape) || !isInstance(type)) return undefined;
  const element = elementType(nameOf(type.items[0]));
  if (element === undefined) return undefined;
  const count = shape.items.reduce<number>((product, item) => product * (typeof item === 'number' ? item : 0), 1);
  return { element, count, isPadded: typeof state.get('numpy_array_alignment_bytes') === 'number' };
}

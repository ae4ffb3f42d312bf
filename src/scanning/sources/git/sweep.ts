import { createHmac, randomBytes } from 'node:crypto';
import { bytesContent, type Content } from '../../content.ts';
import type { Fresh } from '../../engine/matcher.ts';
import { HEAD } from '../../format.ts';
import type { ScanContext } from '../../source.ts';
import { asText } from '../../text-encoding.ts';

/** Milliseconds without a turn for timers and signals. */
const TURN = 50;

/** Numbers secrets without keeping them: under a key that nobody keeps either. */
export class SecretNumbers {
  readonly #key = randomBytes(32);
  readonly #numbers = new Map<string, number>();

  /** The same for the same secret found by the same detector. */
  of(detector: string, value: Uint8Array): number {
    const name = createHmac('sha256', this.#key).update(detector).update('\0').update(value).digest('base64');
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/**
 * First pass over blobs: finds those that hold something, before their paths and commits are known. The few are scanned again
 * when they are.
 */
export class Sweep {
  readonly #context: ScanContext;
  readonly #secrets: SecretNumbers;
  /** Blobs with something to tell, and the numbers of their secrets; undefined when they must be scanned again to know. */
  readonly hits = new Map<string, readonly number[] | undefined>();
  #lastTurn = performance.now();

  constructor(context: ScanContext, secrets: SecretNumbers) {
    this.#context = context;
    this.#secrets = secrets;
  }

  /** The format that reads a blob of this name and beginning; undefined for text. */
  isText(name: string, bytes: Uint8Array): boolean {
    return this.#context.unfolder.formatOf(name, bytes.subarray(0, HEAD)) === undefined;
  }

  /**
   * Scans a blob that `isText`. With `fresh`, what of it is new since a blob that was `clean`, only that is looked at closely.
   * `clean` means: all of it was scanned as it is, and nothing found.
   */
  text(id: () => string, bytes: Uint8Array, fresh?: Fresh): 'held' | 'clean' | 'skipped' {
    const { scanner, progress } = this.#context;
    progress.files += 1;
    progress.bytes += bytes.length;
    const text = asText(bytes);
    if (text === undefined) return 'skipped';
    const asItIs = text.bytes === bytes;
    // Without a path: a judge that knows none lets through whatever some path would.
    const hits = scanner.scan(text.bytes, { path: '' }, asItIs ? fresh : undefined);
    if (hits.length === 0) return asItIs ? 'clean' : 'skipped';
    const numbers = hits.map(({ detector, value }) => this.#secrets.of(detector.id, value));
    for (const { value } of hits) value.fill(0);
    // Under `fresh` there may be more than was found.
    this.hits.set(id(), fresh === undefined ? [...new Set(numbers)] : undefined);
    return 'held';
  }

  /** Scans a blob of any format. True when it holds something, or something in it could not be scanned. */
  async file(id: string, name: string, content: Content): Promise<boolean> {
    let told = false;
    const numbers = new Set<number>();
    for await (const event of this.#context.unfolder.file(name, content)) {
      told = true;
      if (event.kind !== 'sighting') continue;
      numbers.add(this.#secrets.of(event.detector, event.value));
      event.value.fill(0);
    }
    // With a problem in it, the secrets are not all that there is to tell.
    if (told) this.hits.set(id, numbers.size === 0 ? undefined : [...numbers]);
    return told;
  }

  /** The same from bytes, which may be used again afterwards. */
  bytes(id: string, name: string, bytes: Uint8Array): Promise<boolean> {
    return this.file(id, name, bytesContent(bytes));
  }

  /** Whether timers and signals should have their turn. */
  get isDue(): boolean {
    return performance.now() - this.#lastTurn > TURN;
  }

  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }
}

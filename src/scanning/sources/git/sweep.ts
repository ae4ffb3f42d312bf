import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { bytesContent, type Content } from '../../content.ts';
import { HEAD } from '../../format.ts';
import type { ScanContext } from '../../source.ts';
import { asText } from '../../text-encoding.ts';
import type { Derivation } from './delta.ts';
import { type Landmarks, LineageScanner, LONGEST, type Scanned } from './lineage-scan.ts';

/** Milliseconds without a turn for timers and signals. */
const TURN = 20;

/** Names secrets without keeping them: under a key of this run. */
export class SecretNames {
  readonly key: Uint8Array;
  /** The same: bytes would be made one for every name. */
  readonly #object: KeyObject;

  constructor(key: Uint8Array = randomBytes(32)) {
    this.key = key;
    this.#object = createSecretKey(key);
  }

  /** The same for the same secret found by the same detector. */
  of(detector: string, value: Uint8Array): string {
    return createHmac('sha256', this.#object).update(detector).update('\0').update(value).digest('base64');
  }
}

export interface TextOutcome {
  readonly held: boolean;
  /** Undefined for what was not scanned as it is. */
  readonly landmarks?: Landmarks | undefined;
}

/**
 * First pass over blobs: finds those that hold something, before their paths and commits are known. The few are scanned again
 * when they are.
 */
export class Sweep {
  readonly #context: ScanContext;
  readonly #secrets: SecretNames;
  /** Blobs with something to tell, and the names of their secrets; undefined when they must be scanned again to know. */
  readonly hits = new Map<string, readonly string[] | undefined>();
  readonly #lineage: LineageScanner;
  #lastTurn = performance.now();

  constructor(context: ScanContext, secrets: SecretNames) {
    this.#context = context;
    this.#secrets = secrets;
    this.#lineage = new LineageScanner(context.scanner);
  }

  /** Under which secrets are named. */
  get key(): Uint8Array {
    return this.#secrets.key;
  }

  /** The format that reads a blob of this name and beginning; undefined for text. */
  isText(name: string, bytes: Uint8Array): boolean {
    return this.#context.unfolder.formatOf(name, bytes.subarray(0, HEAD)) === undefined;
  }

  /**
   * Scans a blob that `isText`, and says where its landmarks are. With those of the blob that it is derived from, what it has of
   * that one is not looked through again. Undefined for what is no text after all.
   */
  text(id: () => string, bytes: Uint8Array, base?: Landmarks, derived?: Derivation): TextOutcome | undefined {
    // As a `Buffer`, in which a byte is looked for several times faster.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const text = asText(buffer);
    if (text === undefined) return undefined;
    const { progress } = this.#context;
    progress.files += 1;
    progress.bytes += bytes.length;
    const { hits, landmarks, leftOut } = this.#scan(text.bytes, text.bytes === buffer, base, derived);
    if (hits.length === 0 && !leftOut) return { held: false, landmarks };
    // In a text whose base is clean there may be more than was found; of what was left out it is to be told.
    const isAll = !leftOut && base?.clean !== true;
    this.hits.set(
      id(),
      isAll ? [...new Set(hits.map(({ detector, value }) => this.#secrets.of(detector.id, value)))] : undefined,
    );
    for (const { value } of hits) value.fill(0);
    return { held: true, landmarks };
  }

  #scan(
    bytes: Uint8Array,
    asItIs: boolean,
    base?: Landmarks,
    derived?: Derivation,
  ): Pick<Scanned, 'hits' | 'leftOut'> & Partial<Scanned> {
    if (asItIs && bytes.length <= LONGEST) return this.#lineage.scan(bytes as Buffer, base, derived);
    const { scanner } = this.#context;
    const { undecoded } = scanner;
    const hits = scanner.scan(bytes, { path: '' });
    return { hits, leftOut: scanner.undecoded > undecoded };
  }

  /** Scans the message of a commit or a tag. True when it holds something. */
  message(id: string, bytes: Uint8Array): boolean {
    const { hits, leftOut } = this.#scan(bytes, false);
    if (hits.length === 0 && !leftOut) return false;
    for (const { value } of hits) value.fill(0);
    this.hits.set(id, undefined);
    return true;
  }

  /** Scans a blob of any format. True when it holds something, or something in it could not be scanned. */
  async file(id: string, name: string, content: Content): Promise<boolean> {
    let told = false;
    const names = new Set<string>();
    for await (const event of this.#context.unfolder.file(name, content)) {
      told = true;
      if (event.kind !== 'sighting') continue;
      names.add(this.#secrets.of(event.detector, event.value));
      event.value.fill(0);
    }
    // With a problem in it, the secrets are not all that there is to tell.
    if (told) this.hits.set(id, names.size === 0 ? undefined : [...names]);
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

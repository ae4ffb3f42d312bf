import { type FileHandle, open, readFile, rm, truncate } from 'node:fs/promises';
import type { ScanResult } from '../findings.ts';

/** What a run must have in common with the one that it resumes. */
export interface RunIdentity {
  readonly root: string;
  readonly keyId: string;
  /** Hash of the rules. */
  readonly rules: string;
}

const FORMAT = 'watchword-scan-state/1';

/**
 * How far a large scan came, and what it found: lines of JSON, no secrets. A unit counts once its last line is written; what stands
 * after the last whole unit is cut off.
 */
export class StateFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #done: ReadonlySet<string>;

  private constructor(path: string, file: FileHandle, done: ReadonlySet<string>) {
    this.#path = path;
    this.#file = file;
    this.#done = done;
  }

  /** `replay` is given what the units found that are done already. Another run's file is begun anew. */
  static async open(path: string, identity: RunIdentity, replay: (result: ScanResult) => void): Promise<StateFile> {
    const header = `${JSON.stringify({ format: FORMAT, ...identity })}\n`;
    const { done, length } = read(await textOf(path), header, replay);
    if (length > 0) await truncate(path, length);
    const file = await open(path, length > 0 ? 'a' : 'w', 0o600);
    if (length === 0) await file.write(header);
    return new StateFile(path, file, done);
  }

  isDone(unit: string): boolean {
    return this.#done.has(unit);
  }

  async add(result: ScanResult): Promise<void> {
    await this.#file.write(`${JSON.stringify(result)}\n`);
  }

  /** From here on the unit is not scanned again. */
  async finish(unit: string): Promise<void> {
    await this.#file.write(`${JSON.stringify({ kind: 'done', unit })}\n`);
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The whole run is done: the next begins anew. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

type Line = ScanResult | { readonly kind: 'done'; readonly unit: string };

/** `length` is how many bytes of the file hold, up to the last unit that is done; 0 when it is not this run's. */
function read(text: string, header: string, replay: (result: ScanResult) => void): { done: Set<string>; length: number } {
  const done = new Set<string>();
  if (!text.startsWith(header)) return { done, length: 0 };
  let length = Buffer.byteLength(header);
  let at = length;
  let pending: ScanResult[] = [];
  for (const line of text.slice(header.length).split('\n')) {
    at += Buffer.byteLength(line) + 1;
    const value = parsed(line);
    if (value === undefined) break;
    if (value.kind !== 'done') {
      pending.push(value);
      continue;
    }
    for (const result of pending) replay(result);
    pending = [];
    done.add(value.unit);
    length = at;
  }
  return { done, length };
}

function parsed(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

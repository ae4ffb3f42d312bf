import { dirname } from 'node:path';
import type { AppendFile, Files } from '../../foundation/ports.ts';

/** A small generator (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Inode {
  /** What processes see. */
  content: Buffer;
  /** What a power cut leaves for sure. */
  durable: Buffer;
  /** After a failed sync the kernel believes its pages clean: later syncs of these bytes do nothing. */
  lostFrom: number | undefined;
}

class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const never = new Promise<never>(() => {});

/**
 * A disk that forgets: unsynced bytes and unsynced directory entries are kept apart from durable ones, and `crash` drops or
 * partly keeps them. Full disk, failing and hanging syncs are switched by the test.
 */
export class SimulatedFiles implements Files {
  readonly #random: () => number;
  #entries = new Map<string, Inode>();
  #durableEntries = new Map<string, Inode>();
  #crashed = false;
  #release: (() => void)[] = [];
  #operations = 0;
  /** Bytes that may still be written before ENOSPC. */
  space = Number.POSITIVE_INFINITY;
  /** So many of the next syncs fail with EIO, and lose their bytes. */
  failingSyncs = 0;
  /** So many of the next truncations fail with EIO. */
  failingTruncations = 0;
  hanging = false;
  /** From this operation on nothing happens any more: the power is cut there. */
  crashAt = Number.POSITIVE_INFINITY;
  /** Number of syncs begun. */
  syncs = 0;

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  get operations(): number {
    return this.#operations;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** Ends this machine; gives the disk as the next one finds it. */
  crash(): SimulatedFiles {
    this.#crashed = true;
    const after = new SimulatedFiles(Math.floor(this.#random() * 2 ** 31));
    const paths = new Set([...this.#durableEntries.keys(), ...this.#entries.keys()]);
    for (const path of paths) {
      const durable = this.#durableEntries.get(path);
      const current = this.#entries.get(path);
      const inode = durable === current || this.#random() < 0.5 ? durable : current;
      if (inode === undefined) continue;
      const content = this.#survivor(inode);
      const kept = { content, durable: content, lostFrom: undefined };
      after.#entries.set(path, kept);
      after.#durableEntries.set(path, kept);
    }
    return after;
  }

  /** As after a process died on a machine that goes on: everything is still seen, what was not synced is still not durable. */
  restart(): SimulatedFiles {
    this.#crashed = true;
    const after = new SimulatedFiles(Math.floor(this.#random() * 2 ** 31));
    after.#entries = this.#entries;
    after.#durableEntries = this.#durableEntries;
    return after;
  }

  /** Lets syncs that hang come to their end. */
  unhang(): void {
    this.hanging = false;
    for (const release of this.#release.splice(0)) release();
  }

  /** An attacker's write: at once and durable. */
  tamper(path: string, change: (content: Buffer) => Buffer): void {
    const inode = this.#entries.get(path);
    if (inode === undefined) throw new DiskError('ENOENT');
    inode.content = change(Buffer.from(inode.content));
    inode.durable = inode.content;
  }

  /** Durable bytes and some of the others; of those, some may be zeros, as after a torn write. */
  #survivor({ content, durable, lostFrom }: Inode): Buffer {
    const seen = lostFrom === undefined ? content : content.subarray(0, lostFrom);
    let same = 0;
    while (same < durable.length && same < seen.length && durable[same] === seen[same]) same += 1;
    if (this.#random() < 0.3) return Buffer.from(durable);
    // Changes after the last sync (a truncation, an append) reach the disk as far as they happened to.
    const length = same + Math.floor(this.#random() * (seen.length - same + 1));
    const kept = Buffer.from(seen.subarray(0, length));
    if (this.#random() < 0.3 && kept.length > same) kept.fill(0, same + Math.floor(this.#random() * (kept.length - same)));
    return kept;
  }

  #step(): void {
    this.#operations += 1;
    if (this.#operations >= this.crashAt) this.#crashed = true;
    if (this.#crashed) throw new DiskError('EPOWER');
  }

  /** After the crash nothing answers: code of the dead machine must not go on. */
  async #asyncStep(): Promise<void> {
    try {
      this.#step();
    } catch {
      await never;
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#crashed) await never;
  }

  #inode(path: string): Inode {
    const inode = this.#entries.get(path);
    if (inode === undefined) throw new DiskError('ENOENT');
    return inode;
  }

  async openAppend(path: string): Promise<AppendFile> {
    await this.#asyncStep();
    let inode = this.#entries.get(path);
    if (inode === undefined) {
      if (this.space <= 0) throw new DiskError('ENOSPC');
      inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0), lostFrom: undefined };
      this.#entries.set(path, inode);
    }
    return this.#file(inode);
  }

  #file(inode: Inode): AppendFile {
    const disk = this;
    let closed = false;
    return {
      get size() {
        return inode.content.length;
      },
      append(bytes) {
        if (closed) throw new DiskError('EBADF');
        disk.#step();
        const fitting = Math.min(bytes.length, disk.space);
        disk.space -= fitting;
        inode.content = Buffer.concat([inode.content, bytes.subarray(0, fitting)]);
        if (fitting < bytes.length) throw new DiskError('ENOSPC');
      },
      sync: () => disk.#sync(inode, inode.content),
      async truncate(size) {
        await disk.#asyncStep();
        if (disk.failingTruncations > 0) {
          disk.failingTruncations -= 1;
          throw new DiskError('EIO');
        }
        disk.space += Math.max(0, inode.content.length - size);
        inode.content = Buffer.from(inode.content.subarray(0, size));
        if (inode.lostFrom !== undefined && size <= inode.lostFrom) inode.lostFrom = undefined;
      },
      async close() {
        closed = true;
      },
    };
  }

  async #sync(inode: Inode, target: Buffer): Promise<void> {
    this.syncs += 1;
    await this.#asyncStep();
    if (this.hanging) await new Promise<void>((resolve) => this.#release.push(resolve));
    if (this.#crashed) await never;
    if (this.failingSyncs > 0) {
      this.failingSyncs -= 1;
      inode.lostFrom ??= inode.durable.length;
      throw new DiskError('EIO');
    }
    inode.durable = inode.lostFrom === undefined ? target : Buffer.from(target.subarray(0, inode.lostFrom));
  }

  async read(path: string): Promise<Buffer> {
    await this.#asyncStep();
    return Buffer.from(this.#inode(path).content);
  }

  async readRange(path: string, start: number, end: number): Promise<Buffer> {
    await this.#asyncStep();
    return Buffer.from(this.#inode(path).content.subarray(Math.max(0, start), Math.max(0, end)));
  }

  async size(path: string): Promise<number | undefined> {
    await this.#asyncStep();
    return this.#entries.get(path)?.content.length;
  }

  async list(directory: string): Promise<string[]> {
    await this.#asyncStep();
    return [...this.#entries.keys()]
      .filter((path) => dirname(path) === directory)
      .map((path) => path.slice(directory.length + 1))
      .sort();
  }

  async makeDirectory(): Promise<void> {
    await this.#asyncStep();
  }

  async syncDirectory(directory: string): Promise<void> {
    const inDirectory = (path: string) => dirname(path) === directory;
    const seen = [...this.#entries].filter(([path]) => inDirectory(path));
    await this.#asyncStep();
    for (const path of this.#durableEntries.keys()) if (inDirectory(path)) this.#durableEntries.delete(path);
    for (const [path, inode] of seen) this.#durableEntries.set(path, inode);
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#asyncStep();
    if (bytes.length > this.space) throw new DiskError('ENOSPC');
    const content = Buffer.from(bytes);
    const inode = { content, durable: content, lostFrom: undefined };
    this.#entries.set(path, inode);
    this.#durableEntries.set(path, inode);
  }

  async remove(path: string): Promise<void> {
    await this.#asyncStep();
    this.space += this.#entries.get(path)?.content.length ?? 0;
    this.#entries.delete(path);
  }
}

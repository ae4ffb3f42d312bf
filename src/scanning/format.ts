import type { Budget } from './budget.ts';
import type { Content } from './content.ts';

/** Text of a file, ready for the engine. */
export interface TextPiece {
  readonly kind: 'text';
  readonly bytes: Uint8Array;
  /** Where in the file, without the line: `cell[3].source`, `metadata.kernelspec`, `pickle.string[12]`. */
  readonly address: string;
  /** The byte of the raw file that the byte at `offset` of `bytes` comes from; undefined where the raw file holds no such byte (compressed). */
  readonly raw?: (offset: number) => number;
  /** Address and line of the byte at `offset`, for a text put together from many small ones; otherwise `address` and the line in `bytes`. */
  readonly addressAt?: (offset: number) => string;
  /** The address stands for a file inside: it follows a `!`, is part of the path and has no line of its own. */
  readonly member?: true;
}

/** A file inside the file, which may have a format of its own. Its path is that of the outer file, `!`, and `path`. */
export interface FilePiece {
  readonly kind: 'file';
  readonly path: string;
  readonly content: Content;
  /** For the reasons of what is found in it: `deleted by layer[3]`. */
  readonly note?: string;
}

/** Something inside the file could not be read. */
export interface ProblemPiece {
  readonly kind: 'problem';
  /** Where in the file, as in an address; empty for all of it. */
  readonly address: string;
  /** The address is a file inside: it follows a `!`. */
  readonly member?: true;
  /** After "not scanned: ". */
  readonly reason: string;
}

export type Piece = TextPiece | FilePiece | ProblemPiece;

/** Bytes that the formats read to recognise a file by. */
export const HEAD = 560;

/**
 * How one kind of file is unfolded into text. Nothing of the file is executed, and nothing is written. A broken file yields what
 * could be read and a problem; `NotScannable` thrown is a problem with the whole of it.
 */
export interface Format {
  /** Kebab-case. */
  readonly kind: string;
  readonly title: string;
  /** By its path and its first `HEAD` bytes. Cheap: asked of every file. */
  recognises(path: string, head: Uint8Array): boolean;
  /** Whether the raw bytes are scanned as text besides. */
  readonly alsoRaw?: boolean;
  /** Whatever it expands is paid for from the budget, which all files inside one outermost file share. */
  unfold(content: Content, path: string, budget: Budget): AsyncIterable<Piece>;
}

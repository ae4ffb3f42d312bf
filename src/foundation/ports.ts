import { WatchwordError } from './errors.ts';

/** Milliseconds since the Unix epoch, and timers; tests drive their own. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; never keeps the process alive by itself. Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Cryptographically secure randomness. */
export interface Random {
  bytes(count: number): Buffer;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured operational log. Messages are constant text; fields hold no secret and no request data. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** One HTTPS request to somebody else's server. */
export interface OutgoingRequest {
  /** `https:`, or `http:` where {@link allowPlain} says so. Redirects are never followed. */
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Instead of the URL's own in the Host header; whom the request goes to, and whose certificate counts, is the URL's alone. */
  readonly host?: string | undefined;
  /** PEM of the only authorities that are believed; the system's when absent. */
  readonly ca?: string | undefined;
  /** Whether the name may lead to loopback, private, link-local or otherwise special addresses. False by default. */
  readonly allowPrivate?: boolean;
  readonly allowPlain?: boolean;
  /** Bytes of an answer's body; more is an error. */
  readonly maxBytes: number;
  /** Milliseconds for everything, name look-up included. */
  readonly timeoutMs: number;
  /** Given up when it is aborted, as when the time is over. */
  readonly signal?: AbortSignal | undefined;
}

export interface OutgoingAnswer {
  readonly status: number;
  /** By lower-case name; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Somebody else's servers, over HTTP. Rejects with an Error whose `code` says what failed; the message holds nothing that was sent. */
export interface Network {
  request(request: OutgoingRequest): Promise<OutgoingAnswer>;
}

/** A file that only grows, until it is cut back to a durable length. */
export interface AppendFile {
  /** Bytes written so far. */
  readonly size: number;
  /** Writes everything or throws; after a throw `size` may lie anywhere between the old and the new end. */
  append(bytes: Uint8Array): void;
  /** fdatasync: resolves once every appended byte would survive a power cut. */
  sync(): Promise<void>;
  /** Cuts the file to `size` bytes. */
  truncate(size: number): Promise<void>;
  /** Closing again does nothing. */
  close(): Promise<void>;
}

/** The file operations that durable rooms use; a simulated disk fulfils the same port in tests. */
export interface Files {
  /** Creates the file (mode 0600) if it is missing; its directory entry is durable only after `syncDirectory`. */
  openAppend(path: string): Promise<AppendFile>;
  /** Whole file; throws ENOENT as Node does. */
  read(path: string): Promise<Buffer>;
  /** Bytes [start, end) as far as they exist. */
  readRange(path: string, start: number, end: number): Promise<Buffer>;
  /** Size in bytes, or undefined when there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(directory: string): Promise<string[]>;
  /** Makes the directory and its parents (mode 0700). */
  makeDirectory(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Replaces `path` by a durable file with exactly these bytes (temporary file, fsync, rename, directory fsync). */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Thrown where a state was reached that the code's own reasoning excludes. */
export function unreachable(what: string): never {
  throw new WatchwordError('internal', `unreachable: ${what}`);
}

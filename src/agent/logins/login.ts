import type { JsonObject } from '../../foundation/exact-json.ts';
import type { Surroundings } from '../surroundings.ts';

/** What whoever logs in said besides the method: `key=value` words of the command line, in the wire's names. */
export type LoginWords = Readonly<Record<string, string>>;

/** How a secret that was not said is come by: asks a person, or reads what is piped in. */
export type AskSecret = (question: string) => Promise<string>;

export interface LoginContext {
  readonly on: Surroundings;
  readonly words: LoginWords;
  readonly askSecret: AskSecret;
  /** Says something to the person who waits. */
  readonly tell: (text: string) => void;
  /** Posts below the mount without a token; gives the server's answer. */
  readonly post: (path: string, body: JsonObject) => Promise<JsonObject>;
}

/** One auth method as the workload sees it. One file each, one line in the index. */
export interface Login {
  /** Name of the auth method, and of the path it is mounted at by default. */
  readonly kind: string;
  /** One line for help: what it takes, and from where. */
  readonly summary: string;
  /** What shows that the workload runs where this method works, in words for people; undefined where nothing does. */
  detect?(on: Surroundings): Promise<string | undefined>;
  /** Gives the server's answer to the login. @throws WatchwordError `client.usage` saying what is missing, without a secret */
  logIn(context: LoginContext): Promise<JsonObject>;
}

import type { Configuration } from './configuration.ts';

/** Under which clients reach the server, unless they are told otherwise. With `--port 0` the port is known once it is open. */
export class ServerAddress {
  readonly #origin: string;
  #port: number;

  constructor({ address, port, tlsCertFile }: Pick<Configuration, 'address' | 'port' | 'tlsCertFile'>) {
    const host = address.includes(':') ? `[${address}]` : address;
    this.#origin = `${tlsCertFile === undefined ? 'http' : 'https'}://${host}`;
    this.#port = port;
  }

  /** `https://127.0.0.1:8200` */
  get url(): string {
    return `${this.#origin}:${this.#port}`;
  }

  bound(port: number): void {
    this.#port = port;
  }
}

import { WatchwordError } from '../foundation/errors.ts';

/** Nothing usable answers at an address; the remedy fits the cause. */
export class Unreachable extends WatchwordError {
  override readonly name = 'Unreachable';
  readonly #remedy: string | undefined;

  constructor(message: string, remedy?: string, cause?: unknown) {
    super('client.unreachable', message, { cause });
    this.#remedy = remedy;
  }

  override get remedy(): string {
    return this.#remedy ?? super.remedy;
  }
}

export const CHECK_ADDRESS = 'Look for a wrong host or port in --address, WATCHWORD_ADDR or VAULT_ADDR.';

/** Why no answer came over the wire, told from the codes of Node.js and OpenSSL. */
export function unreachable(address: URL, cause: Error & { code?: string }): Unreachable {
  const late = cause.name === 'AbortError' || cause.name === 'TimeoutError';
  const reason = late ? 'no answer in time' : (cause.code ?? cause.message);
  // OpenSSL's own reason is in the message alone.
  const noTls = /wrong version number|packet length too long/.test(cause.message);
  const failed = `The server at ${address.origin} cannot be reached (${reason}).`;
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(reason)) {
    return new Unreachable(failed, 'Its certificate is not valid today: renew it, and check the clock of this machine.', cause);
  }
  if (/ALTNAME/.test(reason)) {
    return new Unreachable(failed, 'Its certificate is for another name: use that name as the address.', cause);
  }
  if (/CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(reason)) {
    const remedy = 'Its certificate is not trusted here: name the authority with --ca-cert, WATCHWORD_CACERT or VAULT_CACERT.';
    return new Unreachable(failed, remedy, cause);
  }
  if (noTls) return new Unreachable(failed, `It does not speak TLS: try http://${address.host}.`, cause);
  if (address.protocol === 'http:' && (reason === 'ECONNRESET' || cause.message === 'socket hang up')) {
    return new Unreachable(failed, `If it speaks TLS, try https://${address.host}.`, cause);
  }
  return new Unreachable(failed, late ? 'Try again, or wait longer with --timeout.' : undefined, cause);
}

import { WatchwordError } from '../../foundation/errors.ts';
import { systemClock } from '../../foundation/node-ports.ts';
import type { ScanOptions } from '../../scanning/scan.ts';
import { httpsExchange } from '../../scanning/verify/https-exchange.ts';
import { Verification } from '../../scanning/verify/verification.ts';
import type { Verifier } from '../../scanning/verify/verifier.ts';
import * as verifiers from '../../scanning/verify/verifiers/index.ts';

/** One question a second to each provider. */
const PAUSE_MS = 1_000;

/**
 * Asks the chosen providers, `all` for every one that there is.
 * @throws WatchwordError `client.usage` for a provider that cannot be asked
 */
export function verificationBy(kinds: readonly string[]): NonNullable<ScanOptions['livenessOf']> {
  const known: readonly Verifier[] = Object.values(verifiers);
  for (const kind of kinds) {
    if (kind === 'all' || known.some((one) => one.kind === kind)) continue;
    throw new WatchwordError('client.usage', `These can be asked: all, ${known.map((one) => one.kind).join(', ')}.`);
  }
  const chosen = kinds.includes('all') ? known : known.filter(({ kind }) => kinds.includes(kind));
  const asking = new Verification({ verifiers: chosen, exchange: httpsExchange, clock: systemClock, pauseMs: PAUSE_MS });
  return (detector, value) => asking.check(detector, value);
}

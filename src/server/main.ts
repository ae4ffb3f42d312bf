import { type Configuration, checkedConfiguration, type ServerOptions } from './configuration.ts';
import { type Instance, openInstance } from './instance.ts';
import { createLogger } from './logger.ts';
import { listen, type Serving } from './serving.ts';

/**
 * `watchword server`: starts, greets, and resolves when a signal has stopped it cleanly.
 * @throws WatchwordError `configuration.invalid`, `storage.in-use`, `audit.tampered`, `keyring.rolled-back`, …
 */
export async function runServer(options: ServerOptions): Promise<void> {
  const configuration = checkedConfiguration(options);
  const logger = createLogger(configuration.logLevel);
  const stopped = stopSignal();
  const instance = await openInstance(configuration, logger);
  try {
    const firstStart = await instance.begin();
    const serving = await listen(instance, configuration, logger);
    greet(instance, configuration, serving, firstStart);
    await stopped;
    await serving.close();
  } finally {
    await instance.close();
  }
}

/** One Ctrl-C arrives several times: the terminal signals every process, and each launcher passes it on. */
const ECHO_MS = 1000;

/** Resolves at the first SIGINT or SIGTERM; another one, a second later or more, ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const stop = () => {
      if (askedAt !== undefined && performance.now() - askedAt > ECHO_MS) process.exit(130);
      askedAt ??= performance.now();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

/** What a person sees. The root token is named by its file only. */
function greet(instance: Instance, configuration: Configuration, { url }: Serving, firstStart: boolean): void {
  const { directory, keyring } = instance;
  const lines = [`Watchword is serving at ${url}`, `Data: ${directory.path}`];
  if (keyring.state === 'unsealed') {
    lines.push(`Root token: in ${directory.rootToken}${firstStart ? ' (new)' : ''}`);
    const addressed = url === 'http://127.0.0.1:8200' ? '' : `export WATCHWORD_ADDR=${url}\n  `;
    lines.push(
      '',
      'Try:',
      `  ${addressed}bin/watchword login @${directory.rootToken}`,
      '  bin/watchword kv put secret/hello who=world',
      '  bin/watchword kv get secret/hello',
    );
  } else if (keyring.state === 'uninitialized') {
    lines.push('', 'Not initialised yet. Next:', `  export WATCHWORD_ADDR=${url}`, '  bin/watchword operator init');
  } else {
    lines.push('', 'Sealed. Next:', `  export WATCHWORD_ADDR=${url}`, '  bin/watchword operator unseal');
  }
  if (configuration.tlsCertFile === undefined && !url.includes('127.0.0.1') && !url.includes('[::1]')) {
    lines.push('', 'Warning: no TLS. Tokens and secrets travel in clear.');
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

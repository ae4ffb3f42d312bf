import { existsSync } from 'node:fs';
import { type Configuration, checkedConfiguration, type ServerOptions } from './configuration.ts';
import { greeting } from './greeting.ts';
import { type Instance, openInstance } from './instance.ts';
import { createLogger } from './logger.ts';
import { listen, refuseTakenPort } from './serving.ts';
import { isLoopback } from './status.ts';
import { readTls } from './tls.ts';

/**
 * `watchword server`: starts, greets, and resolves when a signal has stopped it cleanly.
 * @throws WatchwordError `configuration.invalid`, `storage.in-use`, `audit.tampered`, `keyring.rolled-back`, …
 */
export async function runServer(options: ServerOptions): Promise<void> {
  const configuration = checkedConfiguration(options);
  const logger = createLogger(configuration.logLevel);
  const stopped = stopSignal();
  // Before anything is made for a server that could not serve it.
  const tls = await readTls(configuration);
  await refuseTakenPort(configuration);
  const instance = await openInstance(configuration, logger);
  try {
    const firstStart = await instance.begin();
    const serving = await listen(instance, configuration, logger, tls);
    greet(instance, configuration, serving.url, firstStart);
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

function greet(instance: Instance, configuration: Configuration, url: string, firstStart: boolean): void {
  const { directory, keyring } = instance;
  process.stdout.write(
    greeting({
      url,
      dataDirectory: directory.path,
      state: keyring.state,
      rootToken: existsSync(directory.rootToken) ? directory.rootToken : undefined,
      firstStart,
      tls: configuration.tlsCertFile !== undefined,
      loopback: isLoopback(configuration.address),
    }),
  );
}

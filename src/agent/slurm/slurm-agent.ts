import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { JobWatch, type JobWatchDependencies } from './job-watch.ts';
import { jobId } from './jobs.ts';
import type { MungeAccess } from './munge.ts';
import { verifyJob } from './verify-job.ts';

export interface SlurmAgentOptions extends JobWatchDependencies, MungeAccess {
  /** Unix socket that every user of the node may open: who they are, their credential says. */
  readonly socket: string;
  /** Milliseconds between two looks at the jobs. */
  readonly everyMs: number;
}

export interface SlurmAgent {
  close(): Promise<void>;
}

const MAX_BODY = 32_768;

/** On each node of a cluster: verifies jobs by MUNGE and the controller, and reports their end. */
export async function startSlurmAgent(options: SlurmAgentOptions): Promise<SlurmAgent> {
  const watch = await JobWatch.open(options);
  const server = createServer((request, response) => void answer(options, watch, request, response));
  server.requestTimeout = 15_000;
  server.maxConnections = 256;
  await listen(server, options.socket);
  const stop = new AbortController();
  const loop = repeat(options, watch, stop.signal);
  return {
    async close() {
      stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await loop;
    },
  };
}

async function listen(server: Server, socket: string): Promise<void> {
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o666);
}

async function repeat({ clock, everyMs }: SlurmAgentOptions, watch: JobWatch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watch.check();
    await clock.sleep(everyMs, signal).catch(() => {});
  }
}

async function answer(
  options: SlurmAgentOptions,
  watch: JobWatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, body: object) => {
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(JSON.stringify(body));
  };
  try {
    say(200, await reply(options, watch, request));
  } catch (error) {
    const known = isWatchwordError(error);
    if (!known) options.logger.error('a request failed', { cause: error instanceof Error ? error.name : 'unknown' });
    say(known ? 403 : 500, { error: known ? error.message : 'the agent failed' });
  }
}

async function reply(options: SlurmAgentOptions, watch: JobWatch, request: IncomingMessage): Promise<object> {
  const { run, mungeSocket, signing, clock } = options;
  const body = await bodyOf(request);
  if (request.url === '/attest') {
    const { job, attestation } = await verifyJob(
      { run, mungeSocket, signing, now: () => clock.now() },
      String(body['credential']),
    );
    await watch.add(job.id);
    return { attestation };
  }
  if (request.url === '/ended') return { settled: await watch.ended(jobId(body['job_id'])) };
  if (request.url === '/about') return { audience: signing.audience, cluster: signing.cluster };
  throw new WatchwordError('client.usage', 'There is nothing at this path.');
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new WatchwordError('client.usage', 'The request is too large.');
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new WatchwordError('client.usage', 'The request is not a JSON object.');
}

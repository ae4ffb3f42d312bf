import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { daemonEnvironment } from './daemon.ts';

/** Credentials of AWS; those of a session have a token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsCall {
  readonly service: 'iam' | 's3' | 'sts';
  /** As boto3 names it: `list_objects_v2`. */
  readonly operation: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Without them the call is not signed. */
  readonly keys?: AwsKeys;
}

export interface AwsAnswer {
  /** Of HTTP; 0 when the client itself failed. */
  readonly status: number;
  /** Why not; null when the call was granted. */
  readonly code: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has a shape of its own.
  readonly result: any;
}

/** The client that users of AWS have, as one process for many calls. */
export interface Boto3 {
  call(call: AwsCall): Promise<AwsAnswer>;
  stop(): Promise<void>;
}

export function startBoto3(python: string, endpoint: string): Boto3 {
  const child = spawn('setpriv', ['--pdeathsig=KILL', python, join(import.meta.dirname, 'boto3_calls.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: daemonEnvironment({
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
  });
  const ended = once(child, 'exit').catch(() => []);
  let gone = false;
  const waiting: PromiseWithResolvers<AwsAnswer>[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.stdin.on('error', () => {});
  void ended.then(() => {
    gone = true;
    for (const { reject } of waiting.splice(0)) reject(new Error('the client of AWS ended'));
  });
  return {
    call({ service, operation, parameters = {}, keys }) {
      if (gone) return Promise.reject(new Error('the client of AWS has ended'));
      const answer = Promise.withResolvers<AwsAnswer>();
      waiting.push(answer);
      child.stdin.write(`${JSON.stringify({ endpoint, service, operation, parameters, keys: keys ?? null })}\n`);
      return answer.promise;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

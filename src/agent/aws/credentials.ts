import { join } from 'node:path';
import type { AwsCredentials } from '../../foundation/aws-signature.ts';
import { memberOf } from '../platform-tokens.ts';
import type { Surroundings } from '../surroundings.ts';

const METADATA = 'http://169.254.169.254/latest';
const CONTAINER = 'http://169.254.170.2';
const CONTAINER_HOSTS = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]', 'localhost', '127.0.0.1', '[::1]']);

/**
 * The credentials that the AWS SDKs would find here, in their order: environment, container or pod identity, instance metadata
 * (version 2 only), shared credentials file.
 */
export async function awsCredentials(on: Surroundings): Promise<AwsCredentials | undefined> {
  return fromEnvironment(on) ?? (await fromContainer(on)) ?? (await fromFile(on)) ?? (await fromInstance(on));
}

/** Whether there is something to be found, without asking for credentials; in words for people. */
export async function awsFound({ env, ask }: Surroundings): Promise<string | undefined> {
  if (env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] || env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']) {
    return 'a role of the container (AWS_CONTAINER_CREDENTIALS_…)';
  }
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SESSION_TOKEN']) return 'an AWS session (AWS_SESSION_TOKEN)';
  const token = await instanceToken(ask);
  return token === undefined ? undefined : "a role of the instance (AWS's metadata service)";
}

function fromEnvironment({ env }: Surroundings): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

async function fromContainer({ env, ask, file }: Surroundings): Promise<AwsCredentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const url = relative ? `${CONTAINER}${relative}` : env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!url || !isContainerService(url)) return undefined;
  const tokenFile = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = tokenFile ? await file(tokenFile) : env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  return credentialsIn(await ask({ url, headers: token ? { Authorization: token.trim() } : {} }));
}

/** As the SDKs do: over plain HTTP only the addresses of the containers' own services. */
function isContainerService(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && CONTAINER_HOSTS.has(hostname));
}

async function fromInstance({ ask }: Surroundings): Promise<AwsCredentials | undefined> {
  const token = await instanceToken(ask);
  if (token === undefined) return undefined;
  const headers = { 'X-aws-ec2-metadata-token': token };
  const path = `${METADATA}/meta-data/iam/security-credentials/`;
  const role = (await ask({ url: path, headers }))?.split('\n', 1)[0]?.trim();
  return role ? credentialsIn(await ask({ url: `${path}${encodeURIComponent(role)}`, headers })) : undefined;
}

function instanceToken(ask: Surroundings['ask']): Promise<string | undefined> {
  return ask({ url: `${METADATA}/api/token`, method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' } });
}

function credentialsIn(text: string | undefined): AwsCredentials | undefined {
  const accessKeyId = memberOf(text, 'AccessKeyId');
  const secretAccessKey = memberOf(text, 'SecretAccessKey');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: memberOf(text, 'Token') };
}

async function fromFile({ env, home, file }: Surroundings): Promise<AwsCredentials | undefined> {
  const text = await file(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws/credentials'));
  const values = section(text ?? '', env['AWS_PROFILE'] ?? 'default');
  const [accessKeyId, secretAccessKey] = [values.get('aws_access_key_id'), values.get('aws_secret_access_key')];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: values.get('aws_session_token') };
}

function section(text: string, wanted: string): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) inside = header === wanted;
    const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (inside && name !== undefined && value !== undefined) values.set(name.toLowerCase(), value);
  }
  return values;
}

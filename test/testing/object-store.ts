import type { AwsAnswer, AwsKeys } from './boto3.ts';
import { type Ceph, startCeph } from './ceph.ts';

/** Ceph with buckets, and with a role that may do everything with them. */
export interface ObjectStore {
  readonly ceph: Ceph;
  /** Of a user who may assume the role, and do nothing with the buckets by itself. */
  readonly issuerKeys: AwsKeys;
  /** Of a user whom no role trusts. */
  readonly strangerKeys: AwsKeys;
  readonly roleArn: string;
  /** Of a role that does not keep its own sessions from assuming it again. */
  readonly looseRoleArn: string;
  s3(keys: AwsKeys, operation: string, parameters: Record<string, unknown>): Promise<AwsAnswer>;
  /** As the owner of the buckets. */
  put(bucket: string, key: string, body: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param python an interpreter that imports boto3 */
export async function startObjectStore(python: string, buckets: readonly string[]): Promise<ObjectStore> {
  const ceph = await startCeph(python);
  const s3: ObjectStore['s3'] = (keys, operation, parameters) => ceph.call({ service: 's3', operation, parameters, keys });
  const done = async (answer: Promise<AwsAnswer>) => {
    const { code, status, result } = await answer;
    if (code !== null) throw new Error(`${status} ${code}: ${result}`);
    return result;
  };
  const asAdmin = (operation: string, parameters: Record<string, unknown>) =>
    done(ceph.call({ service: 'iam', operation, parameters, keys: ceph.adminKeys }));
  const [issuerKeys, strangerKeys] = [await ceph.createUser('issuer'), await ceph.createUser('stranger')];
  const createRole = async (name: string, forbidden: readonly string[]): Promise<string> => {
    const statements = [
      trust('Allow', ['arn:aws:iam:::user/issuer']),
      ...(forbidden.length > 0 ? [trust('Deny', forbidden)] : []),
    ];
    const made = await asAdmin('create_role', { RoleName: name, AssumeRolePolicyDocument: policy(...statements) });
    const everything = policy({ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] });
    await asAdmin('put_role_policy', { RoleName: name, PolicyName: name, PolicyDocument: everything });
    return made.Role.Arn;
  };
  for (const bucket of buckets) await done(s3(ceph.adminKeys, 'create_bucket', { Bucket: bucket }));
  return {
    ceph,
    issuerKeys,
    strangerKeys,
    roleArn: await createRole('data', ['arn:aws:iam:::role/data']),
    looseRoleArn: await createRole('loose', ['arn:aws:iam:::role/data']),
    s3,
    async put(Bucket, Key, Body) {
      await done(s3(ceph.adminKeys, 'put_object', { Bucket, Key, Body }));
    },
    stop: () => ceph.stop(),
  };
}

const trust = (effect: 'Allow' | 'Deny', whom: readonly string[]) => ({
  Effect: effect,
  Principal: { AWS: whom },
  Action: ['sts:AssumeRole'],
});

const policy = (...statements: readonly Record<string, unknown>[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

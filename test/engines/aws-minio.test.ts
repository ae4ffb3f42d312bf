import { describe, expect, inject } from 'vitest';
import { Secret } from '../../src/foundation/secret.ts';
import { awsEngine } from '../../src/leases/engines/aws.ts';
import type { AwsKeys } from '../testing/boto3.ts';
import { freePort } from '../testing/daemon.ts';
import { startMinio } from '../testing/minio.ts';
import { conformanceSuite } from './conformance.ts';

const { boto3, minio: program } = inject('services');

describe.skipIf(!boto3 || !program)('sessions of MinIO', () => {
  conformanceSuite({
    engine: awsEngine,
    async start() {
      const minio = await startMinio(program ?? '', boto3 ?? '');
      const root = minio.rootKeys;
      expect((await minio.s3(root, 'create_bucket', { Bucket: 'features' })).code).toBeNull();
      for (const Key of ['a/x', 'ab/x']) await minio.s3(root, 'put_object', { Bucket: 'features', Key, Body: 'x' });
      const connection = {
        accessKey: root.accessKeyId,
        secretKey: Secret.fromText(root.secretAccessKey),
        stsEndpoint: minio.endpoint,
        internal: true,
      };
      return {
        connection,
        // MinIO has no roles that are assumed: sessions are of the user, whatever role is named.
        role: {
          credentialType: 'assumed_role',
          roleArns: ['arn:aws:iam:::role/any'],
          bucket: 'features',
          prefix: 'a/',
          verbs: ['read', 'list', 'write'],
        },
        wrongPassword: { ...connection, secretKey: Secret.fromText('x'.repeat(40)) },
        nobody: { ...connection, stsEndpoint: `http://127.0.0.1:${await freePort()}` },
        async logIn({ accessKey, secretKey, sessionToken }) {
          const [secretAccessKey, token] = [(secretKey as Secret).text, (sessionToken as Secret).text];
          const keys: AwsKeys = { accessKeyId: String(accessKey), secretAccessKey, sessionToken: token };
          const may = async (operation: string, parameters: object) =>
            (await minio.s3(keys, operation, { Bucket: 'features', ...parameters })).code ?? 'granted';
          return {
            async use() {
              expect(await may('put_object', { Key: 'a/y', Body: 'y' })).toBe('granted');
              expect(await may('get_object', { Key: 'a/x' })).toBe('granted');
              expect(await may('list_objects_v2', { Prefix: 'a/' })).toBe('granted');
              expect(await may('get_object', { Key: 'ab/x' })).toBe('AccessDenied');
              expect(await may('put_object', { Key: 'b', Body: 'evil' })).toBe('AccessDenied');
              expect(await may('list_objects_v2', {})).toBe('AccessDenied');
              expect(await may('delete_object', { Key: 'a/x' })).toBe('AccessDenied');
            },
            async close() {},
          };
        },
        stop: () => minio.stop(),
      };
    },
  });
});

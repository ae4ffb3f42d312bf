import { randomUUID } from 'node:crypto';
import { signedHeaders } from '../../foundation/aws-signature.ts';
import { awsCredentials, awsFound } from '../aws/credentials.ts';
import { missing } from '../surroundings.ts';
import type { Login } from './login.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const base64 = (text: string) => Buffer.from(text).toString('base64');

export const awsLogin: Login = {
  kind: 'aws',
  summary:
    'role and header_value=TEXT (the server id of the mount); a request signed with the credentials that the AWS SDKs would use',
  detect: awsFound,
  async logIn({ on, post, words: { role, header_value: serverId, region = 'us-east-1', sts_endpoint: endpoint } }) {
    const credentials = await awsCredentials(on);
    if (credentials === undefined) missing('No AWS credentials were found here: give the workload a role.');
    if (serverId === undefined) missing("Say the mount's server id, so that nobody else can use the request: header_value=TEXT.");
    const url = new URL(endpoint ?? `https://sts.${region === 'us-east-1' ? '' : `${region}.`}amazonaws.com/`);
    const headers = signedHeaders(
      {
        method: 'POST',
        url,
        body: BODY,
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
          'X-Vault-AWS-IAM-Server-ID': serverId,
          // As the SDKs name their calls: processes that share credentials sign different requests, and each may be used once.
          'amz-sdk-invocation-id': randomUUID(),
        },
        region,
        service: 'sts',
      },
      credentials,
      on.now(),
    );
    return post('login', {
      ...(role === undefined ? {} : { role }),
      iam_http_request_method: 'POST',
      iam_request_url: base64(url.href),
      iam_request_body: base64(BODY),
      iam_request_headers: base64(JSON.stringify(headers)),
    });
  },
};

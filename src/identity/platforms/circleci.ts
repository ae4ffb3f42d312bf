import { refusedLogin } from '../login-refusal.ts';
import type { Platform } from './platform.ts';
import { requiredText } from './platform-identity.ts';

const own = (name: string) => `oidc.circleci.com/${name}`;
const issuerForm = /^https:\/\/oidc\.circleci\.com\/org\/([0-9a-f-]{36})$/;
const organization = '4d9ce5f1-83b5-4e0c-8a0e-2b8b90b1a005';
const project = '9a2c7f0e-1c1f-4f0b-93b0-44a1b5c0b006';

/** Jobs of CircleCI. The issuer is the organization's own. */
export const circleciPlatform: Platform = {
  kind: 'circleci',
  summary: 'jobs of CircleCI, by the id of their project; the issuer is the organization',
  runs: 'outside',
  issuerForm,
  algorithms: ['RS256'],
  subject: [own('project-id')],
  displayName: own('project-id'),
  claims: { project_id: own('project-id'), vcs_origin: own('vcs-origin'), vcs_ref: own('vcs-ref'), job_id: own('job-id') },
  derived: { org_id: 'id of the organization, from the issuer' },
  required: ['sub', own('project-id')],
  sharedAudiences: /^[0-9a-f-]{36}$/,
  // Whoever reruns a job with SSH is inside it.
  outsiders: { claim: own('ssh-rerun'), events: ['true'] },
  userControlled: [own('vcs-ref'), own('vcs-origin')],
  interpret(claims, { issuer }) {
    const [, org] = issuerForm.exec(issuer) ?? [];
    if (org === undefined) return {};
    const begins = `org/${org}/project/${requiredText(claims, own('project-id'))}/`;
    if (!requiredText(claims, 'sub').startsWith(begins)) throw refusedLogin('platform.inconsistent');
    return { claims: { org_id: org } };
  },
  examples: {
    issuer: `https://oidc.circleci.com/org/${organization}`,
    accepted: {
      sub: `org/${organization}/project/${project}/user/5bb1d9f4-22a1-41a5-8c7d-0d6b4f9dd007`,
      [own('project-id')]: project,
      [own('context-ids')]: ['a74579f1-2e7d-451e-b009-5c082ad20008'],
      [own('ssh-rerun')]: false,
    },
    subject: `https://oidc.circleci.com/org/${organization}#${project}`,
    refused: [
      { why: 'a rerun with SSH', change: { [own('ssh-rerun')]: true }, reason: 'platform.event' },
      {
        why: 'a subject of another project',
        change: { sub: `org/${organization}/project/x/user/y` },
        reason: 'platform.inconsistent',
      },
    ],
  },
};

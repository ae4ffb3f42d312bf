import type { Platform } from './platform.ts';

/** Jobs of GitLab CI/CD (`id_tokens`), at gitlab.com or elsewhere. */
export const gitlabPlatform: Platform = {
  kind: 'gitlab',
  summary: 'jobs of GitLab CI/CD, by the ids of their project and its group',
  runs: 'outside',
  issuer: 'https://gitlab.com',
  algorithms: ['RS256'],
  subject: ['namespace_id', 'project_id'],
  displayName: 'project_path',
  claims: {
    project_id: 'project_id',
    namespace_id: 'namespace_id',
    project_path: 'project_path',
    ref: 'ref',
    ref_type: 'ref_type',
    ref_protected: 'ref_protected',
    environment: 'environment',
    environment_protected: 'environment_protected',
    pipeline_source: 'pipeline_source',
    pipeline_id: 'pipeline_id',
    job_id: 'job_id',
    runner_environment: 'runner_environment',
    user_id: 'user_id',
  },
  required: ['project_id', 'namespace_id', 'pipeline_source'],
  outsiders: { claim: 'pipeline_source', events: ['merge_request_event', 'external_pull_request_event'] },
  userControlled: ['ref', 'ref_path', 'environment', 'project_path', 'namespace_path', 'user_login', 'user_email'],
  examples: {
    accepted: {
      sub: 'project_path:acme/models:ref_type:branch:ref:main',
      project_id: '22',
      project_path: 'acme/models',
      namespace_id: '72',
      namespace_path: 'acme',
      pipeline_source: 'push',
      ref: 'main',
      ref_type: 'branch',
      ref_protected: 'true',
    },
    subject: 'https://gitlab.com#72/22',
    refused: [
      { why: 'a merge request', change: { pipeline_source: 'merge_request_event' }, reason: 'platform.event' },
      { why: 'a project without id', change: { project_id: undefined }, reason: 'platform.claim' },
    ],
  },
};

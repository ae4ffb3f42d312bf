import type { Platform } from './platform.ts';

/** Jobs of Buildkite. The ids are in a token only where the agent was asked for them (`--claim`). */
export const buildkitePlatform: Platform = {
  kind: 'buildkite',
  summary: 'jobs of Buildkite, by the ids of their organization and pipeline',
  runs: 'outside',
  issuer: 'https://agent.buildkite.com',
  algorithms: ['RS256'],
  subject: ['organization_id', 'pipeline_id'],
  displayName: 'pipeline_slug',
  claims: {
    organization_id: 'organization_id',
    pipeline_id: 'pipeline_id',
    organization_slug: 'organization_slug',
    pipeline_slug: 'pipeline_slug',
    build_branch: 'build_branch',
    build_source: 'build_source',
    build_number: 'build_number',
    step_key: 'step_key',
    job_id: 'job_id',
    agent_id: 'agent_id',
    cluster_id: 'cluster_id',
    runner_environment: 'runner_environment',
  },
  required: ['organization_id', 'pipeline_id'],
  userControlled: ['build_branch', 'build_tag', 'step_key', 'organization_slug', 'pipeline_slug'],
  examples: {
    accepted: {
      sub: 'organization:acme:pipeline:train:ref:refs/heads/main:commit:9f3182061f1e2cca4702c368cbc039b7dc9d4485:step:train',
      organization_id: '0184990a-4777-8acc-9b8d-1f2c3d4e5f60',
      organization_slug: 'acme',
      pipeline_id: '0184990a-477b-4fa8-9968-496074483cee',
      pipeline_slug: 'train',
      build_branch: 'main',
      job_id: '0184990a-4782-42b5-afc1-16715b10b8ff',
    },
    subject: 'https://agent.buildkite.com#0184990a-4777-8acc-9b8d-1f2c3d4e5f60/0184990a-477b-4fa8-9968-496074483cee',
    refused: [{ why: 'names without ids', change: { organization_id: undefined }, reason: 'platform.claim' }],
  },
};

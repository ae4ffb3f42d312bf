import type { JsonObject } from '../../foundation/exact-json.ts';
import { refusedLogin } from '../login-refusal.ts';
import type { Platform } from './platform.ts';
import { requiredText } from './platform-identity.ts';

/** `repo:owner/name:…`, and since 2026 `repo:owner@1/name@2:…`; organizations may have a template of their own, too. */
const subjectForm = /^repo:([^/@:]+)(?:@(\d+))?\/([^/@:]+)(?:@(\d+))?:(.+)$/;

/** The subject in the form with ids, whichever of the two the token has. @throws WatchwordError `login.refused` */
function subjectWithIds(claims: JsonObject): readonly string[] {
  const [owner, repository] = ['repository_owner_id', 'repository_id'].map((name) => requiredText(claims, name));
  const [, ownerName, ownerId, name, id, context] = subjectForm.exec(requiredText(claims, 'sub')) ?? [];
  if (context === undefined) return [];
  if ((ownerId ?? owner) !== owner || (id ?? repository) !== repository) throw refusedLogin('platform.inconsistent');
  return [`repo:${ownerName}@${owner}/${name}@${repository}:${context}`];
}

/** Jobs of GitHub Actions. A repository's name can be given up and taken by somebody else; its id cannot. */
export const githubPlatform: Platform = {
  kind: 'github',
  summary: 'jobs of GitHub Actions, by the ids of their repository and its owner',
  runs: 'outside',
  issuer: 'https://token.actions.githubusercontent.com',
  algorithms: ['RS256'],
  subject: ['repository_owner_id', 'repository_id'],
  displayName: 'repository',
  claims: {
    repository_id: 'repository_id',
    repository_owner_id: 'repository_owner_id',
    repository: 'repository',
    repository_visibility: 'repository_visibility',
    job_workflow_ref: 'job_workflow_ref',
    environment: 'environment',
    event_name: 'event_name',
    ref: 'ref',
    ref_protected: 'ref_protected',
    runner_environment: 'runner_environment',
    run_id: 'run_id',
    actor_id: 'actor_id',
  },
  required: ['repository_id', 'repository_owner_id', 'event_name'],
  sharedAudiences: /^https:\/\/github\.com\/[^/]+$/,
  outsiders: {
    claim: 'event_name',
    events: [
      'pull_request',
      'pull_request_target',
      'pull_request_review',
      'pull_request_review_comment',
      'issue_comment',
      'issues',
      'fork',
      'watch',
      'discussion',
      'discussion_comment',
    ],
  },
  userControlled: ['ref', 'head_ref', 'base_ref', 'workflow', 'workflow_ref', 'actor', 'repository', 'repository_owner'],
  interpret: (claims) => ({ subjects: subjectWithIds(claims) }),
  examples: {
    accepted: {
      sub: 'repo:acme/models:environment:production',
      repository: 'acme/models',
      repository_id: '74',
      repository_owner: 'acme',
      repository_owner_id: '65',
      event_name: 'push',
      environment: 'production',
      ref: 'refs/heads/main',
      job_workflow_ref: 'acme/models/.github/workflows/train.yml@refs/heads/main',
      runner_environment: 'github-hosted',
    },
    subject: 'https://token.actions.githubusercontent.com#65/74',
    refused: [
      { why: 'a pull request', change: { event_name: 'pull_request' }, reason: 'platform.event' },
      { why: "a pull request's target", change: { event_name: 'pull_request_target' }, reason: 'platform.event' },
      { why: 'a repository without id', change: { repository_id: undefined }, reason: 'platform.claim' },
      {
        why: 'a subject with the id of another repository',
        change: { sub: 'repo:acme@65/models@75:environment:production' },
        reason: 'platform.inconsistent',
      },
    ],
  },
};

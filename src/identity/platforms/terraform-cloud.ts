import type { Platform } from './platform.ts';

const own = (name: string) => `terraform_${name}`;

/** Runs of HCP Terraform, or of a Terraform Enterprise with an issuer of its own. */
export const terraformCloudPlatform: Platform = {
  kind: 'terraform-cloud',
  summary: 'runs of HCP Terraform and Terraform Enterprise, by the ids of organization and workspace',
  runs: 'outside',
  issuer: 'https://app.terraform.io',
  algorithms: ['RS256'],
  subject: [own('organization_id'), own('workspace_id')],
  displayName: own('workspace_name'),
  claims: {
    organization_id: own('organization_id'),
    project_id: own('project_id'),
    workspace_id: own('workspace_id'),
    workspace_name: own('workspace_name'),
    run_phase: own('run_phase'),
    run_id: own('run_id'),
  },
  required: [own('organization_id'), own('workspace_id'), own('run_phase')],
  userControlled: [own('workspace_name'), own('project_name'), own('organization_name')],
  examples: {
    accepted: {
      sub: 'organization:acme:project:ml:workspace:train:run_phase:apply',
      [own('organization_id')]: 'org-GRNbCjYNpBB6NEBD',
      [own('organization_name')]: 'acme',
      [own('project_id')]: 'prj-vegSA59s1XPwMr2t',
      [own('workspace_id')]: 'ws-mbsd5E3Ktt5Rg2Xm',
      [own('workspace_name')]: 'train',
      [own('run_id')]: 'run-X3n1AUXNGWbfECsJ',
      [own('run_phase')]: 'apply',
    },
    subject: 'https://app.terraform.io#org-GRNbCjYNpBB6NEBD/ws-mbsd5E3Ktt5Rg2Xm',
    refused: [{ why: 'a workspace without id', change: { [own('workspace_id')]: undefined }, reason: 'platform.claim' }],
  },
};

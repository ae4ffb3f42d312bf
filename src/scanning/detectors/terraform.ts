import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';

const body = seq(chars('base62', 14), '.atlasv1.', chars('base64url', 60, 70));

export const terraform: readonly Detector[] = [
  {
    id: 'terraform-cloud-token',
    provider: 'Terraform Cloud',
    title: 'Terraform Cloud API token',
    family: 'infrastructure',
    kind: 'structured',
    search: 'anywhere',
    anchors: ['.atlasv1.'],
    lead: 14,
    pattern: new RegExp(`(?<![A-Za-z0-9])(?<value>${body.source})(?![A-Za-z0-9_-])`),
    reach: body.most,
    confidence: 'high',
    source: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    examples(make) {
      const value = body.sample(make);
      return {
        positive: [
          { text: value, value },
          { text: `credentials "app.terraform.io" {\n  token = "${value}"\n}`, value },
          { text: `export TF_TOKEN_app_terraform_io=${value}\n`, value },
        ],
        negative: [
          `${make.chars('base62', 10)}.atlasv1.${make.chars('base62', 64)}`,
          `${make.chars('base62', 14)}.atlasv1.short`,
        ],
      };
    },
  },
];

/** A part of AWS with accounts, regions and names of its own. */
export interface AwsPartition {
  /** Second part of its ARNs: `aws`, `aws-cn`. */
  readonly id: string;
  /** Where the names of its services end. */
  readonly domain: string;
}

/** Source: `partitions.json` of botocore. */
const partitions: readonly (AwsPartition & { readonly regions: RegExp })[] = [
  { id: 'aws-cn', regions: /^cn-/, domain: 'amazonaws.com.cn' },
  { id: 'aws-us-gov', regions: /^us-gov-/, domain: 'amazonaws.com' },
  { id: 'aws-eusc', regions: /^eusc-/, domain: 'amazonaws.eu' },
  { id: 'aws-iso', regions: /^us-iso-/, domain: 'c2s.ic.gov' },
  { id: 'aws-iso-b', regions: /^us-isob-/, domain: 'sc2s.sgov.gov' },
  { id: 'aws-iso-e', regions: /^eu-isoe-/, domain: 'cloud.adc-e.uk' },
  { id: 'aws-iso-f', regions: /^us-isof-/, domain: 'csp.hci.ic.gov' },
];
const commercial: AwsPartition = { id: 'aws', domain: 'amazonaws.com' };

/** The partition of `eu-central-1`; that of most regions where the name says no other. */
export function partitionOf(region: string): AwsPartition {
  return partitions.find(({ regions }) => regions.test(region)) ?? commercial;
}

import { partitionOf } from '../../../foundation/aws-regions.ts';
import type { AwsConfig } from './aws-config.ts';

/** Where STS is for the principals of one region. */
export interface Sts {
  /** Who is asked, whatever callers send. */
  readonly url: string;
  /** Names that they may have signed for. */
  readonly hosts: readonly string[];
  /** First part of the ARNs that it tells: `aws`, `aws-cn`. */
  readonly partition: string;
}

const GLOBAL = 'sts.amazonaws.com';

/**
 * The STS of the settings for those who signed for `region`; undefined where nobody may. Besides its own name callers may have
 * signed for that of the region and, as hvac always does, for the global one: the name decides nothing here, and STS has its say.
 */
export function stsOf({ stsRegion, stsEndpoint, allowedStsRegions }: AwsConfig, region: string): Sts | undefined {
  const own = stsRegion === '' ? 'us-east-1' : stsRegion;
  if (region !== own && !allowedStsRegions.includes(region)) return undefined;
  const { id, domain } = partitionOf(region);
  const regional = `sts.${region}.${domain}`;
  const known = id === 'aws' ? [regional, GLOBAL] : [regional];
  if (stsEndpoint !== '') {
    const { origin, host } = new URL(stsEndpoint);
    return { url: `${origin}/`, hosts: [host, ...known], partition: id };
  }
  const host = stsRegion === '' && region === own ? GLOBAL : regional;
  return { url: `https://${host}/`, hosts: known, partition: id };
}

import type { Shortfall } from '../engine.ts';
import { type Accounts, isForbidden, notOpensearch } from './accounts.ts';
import type { Grants } from './role.ts';

/** A name that nobody has: shorter than any of ours. */
const NOBODY = 'ww_check';
const WITHOUT_ROLE: Shortfall = {
  what: 'use the REST API of the security plugin',
  remedy:
    'give the account the role security_rest_api_access ("opendistro_security_roles"), and have that role in plugins.security.restapi.roles_enabled of opensearch.yml',
};

/** What the configured account lacks, found by what the plugin says and refuses. @throws TargetError */
export async function shortfallsOf(
  accounts: Accounts,
  username: string,
  grants: readonly Grants[],
  signal: AbortSignal,
): Promise<readonly Shortfall[]> {
  const self = await accounts.get({ path: ['authinfo'], signal });
  if (self?.['user_name'] !== username) throw notOpensearch();
  const info = await accounts.get({ path: ['api', 'permissionsinfo'], signal }).catch(unlessForbidden);
  if (info === undefined || info['has_api_access'] !== true) return [WITHOUT_ROLE];
  const found = disabled(info['disabled_endpoints']);
  if (found.length > 0) return found;
  try {
    await accounts.user(NOBODY, signal);
    await accounts.role(NOBODY, signal);
  } catch (error) {
    unlessForbidden(error);
    return [WITHOUT_ROLE];
  }
  const missing: Shortfall[] = [];
  for (const name of new Set(grants.flatMap((each) => each.opensearch_roles))) {
    if ((await accounts.role(name, signal)) !== undefined) continue;
    missing.push({ what: `give the role ${name}`, remedy: `make the role: PUT _plugins/_security/api/roles/${name}` });
  }
  return missing;
}

function unlessForbidden(error: unknown): undefined {
  if (!isForbidden(error)) throw error;
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  INTERNALUSERS: ['GET', 'PUT', 'PATCH', 'DELETE'],
  ROLES: ['GET', 'PUT', 'DELETE'],
};

/** By `plugins.security.restapi.endpoints_disabled`. */
function disabled(endpoints: unknown): Shortfall[] {
  const off = typeof endpoints === 'object' && endpoints !== null ? (endpoints as Record<string, unknown>) : {};
  return Object.entries(NEEDED).flatMap(([endpoint, methods]) => {
    const refused = off[endpoint];
    const lacking = methods.filter((method) => Array.isArray(refused) && refused.includes(method));
    if (lacking.length === 0) return [];
    const setting = 'plugins.security.restapi.endpoints_disabled';
    return [{ what: `${lacking.join(', ')} ${endpoint}`, remedy: `take ${endpoint} of the account's role out of ${setting}` }];
  });
}

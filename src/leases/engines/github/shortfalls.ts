import type { Shortfall, TargetCall } from '../engine.ts';
import type { GithubApi, Installation } from './api.ts';
import { type GithubRole, includes } from './role.ts';

/** Repositories of each role that are looked for. */
const MOST_REPOSITORIES = 20;

/** What the installation lacks for these roles. @throws TargetError */
export async function shortfallsOf(
  api: GithubApi,
  roles: readonly GithubRole[],
  call: TargetCall,
): Promise<readonly Shortfall[]> {
  const installation = await api.installation(call);
  if (installation === undefined) {
    const remedy =
      'install the App in the organization, and set installation_id to the number at the end of the URL of its settings';
    return [{ what: 'the App has no such installation', remedy }];
  }
  if (typeof installation.suspended_at === 'string') {
    return [{ what: 'the installation is suspended', remedy: 'unsuspend it in the settings of the organization' }];
  }
  const shortfalls = new Map<string, Shortfall>();
  for (const role of roles) {
    for (const shortfall of [
      ...lackedPermissions(role, installation),
      ...(await lackedRepositories(api, role, installation, call)),
    ]) {
      shortfalls.set(shortfall.what, shortfall);
    }
  }
  return [...shortfalls.values()];
}

function lackedPermissions({ permissions }: GithubRole, installation: Installation): readonly Shortfall[] {
  return Object.entries(permissions)
    .filter(([name, level]) => !includes(installation.permissions[name], level))
    .map(([name, level]) => ({
      what: `the permission ${name}: ${level}`,
      remedy: `grant the App ${name}: ${level} in its settings, and accept that at the installation`,
    }));
}

async function lackedRepositories(
  api: GithubApi,
  { repositories }: GithubRole,
  { account }: Installation,
  call: TargetCall,
): Promise<readonly Shortfall[]> {
  const shortfalls: Shortfall[] = [];
  // An enterprise has no name that repositories stand below.
  if (account === undefined || account === null) return shortfalls;
  for (const name of repositories.slice(0, MOST_REPOSITORIES)) {
    if (await api.isInstalledAt(account.login, name, call)) continue;
    const remedy = 'correct its name, or add it to the repositories of the installation';
    shortfalls.push({ what: `the repository ${account.login}/${name}`, remedy });
  }
  return shortfalls;
}

import type { CredentialEngine } from './engine.ts';
import {
  checkGithubConnection,
  type GithubConnection,
  githubConnectionFields,
  newGithubConnection,
} from './github/connection.ts';
import { type GithubMaterial, type GithubRequest, githubRequestFields, materialFor } from './github/request.ts';
import { checkGithubRole, type GithubRole, githubRoleFields, newGithubRole } from './github/role.ts';
import { type GithubHandle, GithubTarget } from './github/target.ts';

/** Tokens of an installation of a GitHub App, for some repositories and some permissions. */
export const githubEngine: CredentialEngine<GithubConnection, GithubRole, GithubMaterial, GithubHandle> = {
  kind: 'github',
  summary: 'GitHub: tokens of an App for some repositories',
  mount: 'github',
  connectionName: 'config',
  traits: { revocation: 'hard', renewable: false, targetExpires: true, naming: 'theirs' },
  usualTtl: 3600,
  connection: {
    fields: githubConnectionFields,
    initial: newGithubConnection,
    address: ['apiUrl'],
    clear: ['appId', 'installationId', 'apiUrl', 'internal', 'tlsCa'],
    check: checkGithubConnection,
  },
  role: { fields: githubRoleFields, initial: newGithubRole, check: checkGithubRole },
  request: { fields: githubRequestFields },
  prepare: (role, _lease, _on, request) => materialFor(role, request as GithubRequest),
  open: (connection, on) => new GithubTarget(connection, on),
};

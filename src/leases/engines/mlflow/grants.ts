import { TargetError } from '../engine.ts';
import { type MlflowApi, MlflowRefusal } from './mlflow-api.ts';
import { type MlflowRole, type Permission, permissions } from './role.ts';

/** One right on one thing that is there. */
export interface Grant {
  readonly type: 'experiment' | 'registered_model';
  /** The number of an experiment, the name of a model. */
  readonly id: string;
  readonly permission: Permission;
}

/** What of a role was found at the server. */
export interface Found {
  readonly grants: readonly Grant[];
  /** What is not there, in words. */
  readonly missing: readonly string[];
}

const LEVELS: readonly string[] = ['NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE'];

/** Experiments and registered models of a role, and their numbers: a right on what is not there yet would be one on whatever gets its name. */
export async function findGrants(api: MlflowApi, role: MlflowRole, signal: AbortSignal): Promise<Found> {
  const [grants, missing]: [Grant[], string[]] = [[], []];
  for (const { id, name, permission } of role.experiments) {
    const found = await experimentId(api, { id, name }, signal);
    if (found === undefined) missing.push(`the experiment ${id ?? name}`);
    else grants.push({ type: 'experiment', id: found, permission });
  }
  for (const { name, permission } of role.registeredModels) {
    const model = await api.ask({ method: 'GET', path: '2.0/mlflow/registered-models/get', query: { name }, signal });
    if (model === undefined) missing.push(`the registered model ${name}`);
    else grants.push({ type: 'registered_model', id: name, permission });
  }
  return { grants: strongest(grants), missing };
}

async function experimentId(
  api: MlflowApi,
  { id, name }: { readonly id: string | undefined; readonly name: string | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked =
    id === undefined
      ? { path: '2.0/mlflow/experiments/get-by-name', query: { experiment_name: name ?? '' } }
      : { path: '2.0/mlflow/experiments/get', query: { experiment_id: id } };
  const answer = await api.ask({ method: 'GET', ...asked, signal });
  const { experiment } = (answer ?? {}) as { readonly experiment?: Readonly<Record<string, unknown>> };
  if (experiment?.['lifecycle_stage'] !== 'active') return undefined;
  const found = experiment['experiment_id'];
  return typeof found === 'string' ? found : undefined;
}

/** Of one experiment that is said by number and by name, the right that comes to the same as both. */
function strongest(grants: readonly Grant[]): readonly Grant[] {
  const byThing = new Map<string, Grant>();
  for (const grant of grants) {
    const before = byThing.get(`${grant.type} ${grant.id}`);
    const weaker = before !== undefined && permissions.indexOf(before.permission) >= permissions.indexOf(grant.permission);
    if (!weaker) byThing.set(`${grant.type} ${grant.id}`, grant);
  }
  return [...byThing.values()];
}

/** @throws TargetError */
export async function grant(
  api: MlflowApi,
  username: string,
  { type, id, permission }: Grant,
  signal: AbortSignal,
): Promise<void> {
  const body = { username, resource_type: type, resource_id: id, permission };
  try {
    const answer = await api.ask({ method: 'POST', path: '3.0/mlflow/users/permissions/grant', body, signal });
    if (answer === undefined) throw new TargetError('refused', `the user or the ${type} ${id} is gone`);
  } catch (error) {
    // Nobody else gives rights to a user of ours: the same request was faster, or came before.
    if (error instanceof MlflowRefusal && error.code === 'RESOURCE_ALREADY_EXISTS') return;
    throw isMissingRoute(error) ? tooOld() : error;
  }
}

/** What this user may do with everything of a type that no grant is about. @throws TargetError */
async function defaultPermission(api: MlflowApi, username: string, type: Grant['type'], signal: AbortSignal): Promise<string> {
  const query = { username, resource_type: type, resource_id: '*' };
  try {
    const answer = await api.ask({ method: 'GET', path: '3.0/mlflow/users/permissions/get', query, signal });
    const permission = answer?.['permission'];
    if (typeof permission !== 'string') throw new TargetError('refused', 'the server does not say what every user may do');
    return permission;
  } catch (error) {
    throw isMissingRoute(error) ? tooOld() : error;
  }
}

/** What the server lets this user do beyond what the role knows; undefined where that is nothing. */
export async function excessDefault(
  api: MlflowApi,
  username: string,
  role: MlflowRole,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const type of ['experiment', 'registered_model'] as const) {
    const level = await defaultPermission(api, username, type, signal);
    // What is not known is more.
    const known = LEVELS.includes(level);
    if (!known || LEVELS.indexOf(level) > LEVELS.indexOf(role.defaultPermission)) return level;
  }
  return undefined;
}

const isMissingRoute = (error: unknown): boolean =>
  error instanceof MlflowRefusal && (error.status === 404 || error.status === 405) && error.code === '';

const tooOld = () =>
  new TargetError('refused', 'this MLflow has no users/permissions: it is too old (3.17 is known to have them)');

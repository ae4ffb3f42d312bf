import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** From the least on. https://mlflow.org/docs/latest/self-hosting/security/basic-http-auth/ */
export const permissions = ['READ', 'EDIT', 'MANAGE'] as const;
export type Permission = (typeof permissions)[number];

export interface ExperimentGrant {
  /** One of both is set. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly permission: Permission;
}

export interface ModelGrant {
  readonly name: string;
  readonly permission: Permission;
}

/** What users may do. */
export interface MlflowRole {
  readonly experiments: readonly ExperimentGrant[];
  readonly registeredModels: readonly ModelGrant[];
  /** What the server lets every user do with everything (`default_permission` of its own configuration). More is refused. */
  readonly defaultPermission: 'NO_PERMISSIONS' | Permission;
}

const permission = z.enum(permissions, 'must be READ, EDIT or MANAGE');
const name = z.string().min(1).max(500);
const MOST = 64;

export const mlflowRoleFields = {
  experiments: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^\d{1,32}$/, 'must be a number')
          .optional(),
        name: name.optional(),
        permission,
      }),
    )
    .max(MOST),
  registeredModels: z.array(z.strictObject({ name, permission })).max(MOST),
  defaultPermission: z.enum(['NO_PERMISSIONS', ...permissions]),
} satisfies z.ZodRawShape;

export const newMlflowRole: MlflowRole = { experiments: [], registeredModels: [], defaultPermission: 'NO_PERMISSIONS' };

/** @throws WatchwordError `engine.invalid` */
export function checkMlflowRole({ experiments, registeredModels, defaultPermission }: MlflowRole): readonly string[] {
  if (experiments.length === 0 && registeredModels.length === 0)
    invalidSetting('experiments', 'must be set, or registered_models');
  for (const { id, name: called } of experiments) {
    if ((id === undefined) === (called === undefined))
      invalidSetting('experiments', 'each must have an id or a name, and not both');
    if (called !== undefined) checkName('experiments', called);
  }
  for (const { name: called } of registeredModels) checkName('registered_models', called);
  checkOnce(
    'experiments',
    experiments.map(({ id, name: called }) => (id === undefined ? `name ${called}` : `id ${id}`)),
  );
  checkOnce(
    'registered_models',
    registeredModels.map(({ name: called }) => called),
  );
  const granted = [...experiments, ...registeredModels].map((grant) => grant.permission);
  const warnings: (string | false)[] = [
    granted.includes('MANAGE') && 'MANAGE lets users give rights to others, which outlive the lease: EDIT is enough to write',
    defaultPermission !== 'NO_PERMISSIONS' &&
      `every user of this server has ${defaultPermission} on everything, whatever the role says`,
    'every user may create experiments and registered models, and has MANAGE on what it created: MLflow has no right for that',
  ];
  return warnings.filter((warning) => warning !== false);
}

/** To the server an asterisk is every name. */
function checkName(where: string, text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  if (text.includes('*') || /[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) {
    invalidSetting(where, 'holds a name with an asterisk or a control character: name them one by one');
  }
}

function checkOnce(where: string, names: readonly string[]): void {
  if (new Set(names).size < names.length) invalidSetting(where, 'names something twice');
}

import { z } from 'zod';
import type { Clock } from '../../../foundation/ports.ts';
import { invalidRequest } from '../invalid-setting.ts';
import { type AzureSasRole, faultOfName, faultOfPrefix, PERMISSIONS, permissionsField } from './role.ts';

/** What was asked for, and was found to be within the role. */
export interface AzureSasMaterial {
  readonly resource: 'container' | 'directory' | 'blob';
  /** Of the directory or the blob, without a slash at its end; empty for a container. */
  readonly path: string;
  readonly permissions: string;
  /** Milliseconds since the epoch, of a whole second. */
  readonly startsAt: number;
}

/** Empty texts are not set. */
export interface AzureSasRequest {
  /** One blob instead of everything that the role allows. */
  readonly blob?: string | undefined;
  /** A directory within the role's. */
  readonly prefix?: string | undefined;
  readonly permissions?: string | undefined;
}

export const azureSasRequestFields = {
  blob: z.string().max(1024).optional(),
  prefix: z.string().max(512).optional(),
  permissions: permissionsField.optional(),
} satisfies z.ZodRawShape;

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function materialFor(role: AzureSasRole, clock: Clock, request: AzureSasRequest): AzureSasMaterial {
  const place = placeFor(role, request);
  const allowed = permissionsFor(role, request);
  // There is nothing to list in a blob, and Azure refuses a signature that says so.
  const permissions = place.resource === 'blob' ? allowed.replace('l', '') : allowed;
  if (permissions === '') invalidRequest('permissions', 'nothing is left of them for one blob');
  const startsAt = (Math.floor(clock.now() / 1000) - role.startSkew) * 1000;
  return { ...place, permissions, startsAt };
}

function placeFor(role: AzureSasRole, { blob = '', prefix = '' }: AzureSasRequest): Pick<AzureSasMaterial, 'resource' | 'path'> {
  if (blob !== '') {
    if (prefix !== '') invalidRequest('prefix', 'does not go with blob');
    const fault = faultOfName(blob);
    if (fault !== undefined) invalidRequest('blob', fault);
    if (!blob.startsWith(role.prefix)) invalidRequest('blob', `must begin with ${role.prefix}, the prefix of the role`);
    return { resource: 'blob', path: blob };
  }
  if (prefix !== '' && role.scope !== 'directory') invalidRequest('prefix', 'is for roles with scope=directory');
  if (role.scope === 'blob') invalidRequest('blob', 'must be set: this role gives signatures for one blob each');
  if (role.scope === 'container') return { resource: 'container', path: '' };
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) invalidRequest('prefix', fault);
  if (prefix !== '' && !prefix.startsWith(role.prefix))
    invalidRequest('prefix', `must begin with ${role.prefix}, the prefix of the role`);
  return { resource: 'directory', path: (prefix === '' ? role.prefix : prefix).slice(0, -1) };
}

function permissionsFor(role: AzureSasRole, { permissions = '' }: AzureSasRequest): string {
  const beyond = [...permissions].filter((letter) => !role.permissions.includes(letter));
  if (beyond.length > 0) invalidRequest('permissions', `this role does not allow ${beyond.join(', ')}`);
  const asked = permissions === '' ? role.permissions : permissions;
  return [...PERMISSIONS].filter((letter) => asked.includes(letter)).join('');
}

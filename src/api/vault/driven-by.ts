import type { OperationName } from '../../access/operation-types.ts';

export type Client = 'curl' | 'hashi-vault-js' | 'hvac' | 'node-vault';

export const drivenBy: Partial<Record<OperationName, readonly Client[]>> = {};

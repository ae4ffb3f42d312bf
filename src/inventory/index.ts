import type { Migration } from '../storage/contract.ts';
import { usageMigration } from './usage-table.ts';

export { UsageProjection } from './usage-projection.ts';
export const inventoryMigrations: readonly Migration[] = [usageMigration];

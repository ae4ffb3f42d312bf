import type { EventActivity, EventClass, EventOutcome } from './contract.ts';

/** The part of OCSF that the log speaks: https://schema.ocsf.io, version 1.6.0. */
export const OCSF_VERSION = '1.6.0';

const OTHER = 99;

interface OcsfClass {
  readonly uid: number;
  readonly category: number;
  readonly activities: Readonly<Partial<Record<EventActivity, number>>>;
}

export const ocsfClasses: Readonly<Record<EventClass, OcsfClass>> = {
  retrieval: { uid: 6003, category: 6, activities: { create: 1, read: 2, update: 3, delete: 4 } },
  login: { uid: 3002, category: 3, activities: { login: 1, logout: 2 } },
  'entity-change': { uid: 3004, category: 3, activities: { create: 1, read: 2, update: 3, delete: 4 } },
  // Assign privileges, revoke privileges.
  'access-change': { uid: 3005, category: 3, activities: { create: 1, update: 1, delete: 2 } },
};

export function activityId(ocsfClass: OcsfClass, activity: EventActivity): number {
  return ocsfClass.activities[activity] ?? OTHER;
}

/** Status: 0 unknown, 1 success, 2 failure, 99 other. Severity: 1 informational, 2 low, 3 medium. */
export const ocsfOutcomes: Readonly<Record<EventOutcome, { readonly status: number; readonly severity: number }>> = {
  success: { status: 1, severity: 1 },
  denied: { status: 2, severity: 2 },
  failure: { status: 2, severity: 1 },
  pending: { status: OTHER, severity: 1 },
  unknown: { status: 0, severity: 3 },
};

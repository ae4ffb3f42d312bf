import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { systemClock } from '../../foundation/node-ports.ts';
import { type Clock, type Files, silentLogger } from '../../foundation/ports.ts';
import { LogReader } from '../../transparency/log-reader.ts';
import { type VerifyReport, verifyLog } from '../../transparency/verify-log.ts';
import { openAuditLog } from '../audit-log.ts';
import type { AuditKeys, AuditLogOptions, AuditRecord, OpenAuditLog } from '../contract.ts';

export const LOG_DIRECTORY = '/log';

export function testKeys(origin = 'watchword/test'): AuditKeys {
  const digestKey = { id: 'k1', key: createSecretKey(randomBytes(32)) };
  return { digestKey, signingKey: generateKeyPairSync('ed25519').privateKey, origin };
}

export function testRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    phase: 'complete',
    class: 'retrieval',
    activity: 'read',
    operation: 'kv.read',
    outcome: 'success',
    time: Date.UTC(2026, 0, 2),
    requestId: 'request-1',
    namespace: 'root',
    path: 'secret/data/team/key',
    ...changes,
  };
}

/** The real clock's sleeps, with the waits of tests: short ones. */
export function openTestLog(
  files: Files,
  options: Partial<AuditLogOptions> = {},
  clock: Clock = systemClock,
): Promise<OpenAuditLog> {
  return openAuditLog({ files, directory: LOG_DIRECTORY, clock, logger: silentLogger, waitMs: 200, ...options });
}

export function verifyTestLog(files: Files): Promise<VerifyReport> {
  return verifyLog(new LogReader(files, LOG_DIRECTORY));
}

/** Requests ids of the log's events, in order. */
export async function requestIds(log: OpenAuditLog, from = 0): Promise<string[]> {
  const ids: string[] = [];
  for await (const { event } of log.read(from)) ids.push((event['metadata'] as { uid: string }).uid);
  return ids;
}

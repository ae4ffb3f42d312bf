import type { OpenAuditLog } from '../audit/contract.ts';
import type { Gauge } from './metrics.ts';

/** What the log says of itself. */
export function auditGauges(audit: OpenAuditLog): Gauge[] {
  const gauge = (name: string, help: string, read: () => number, type: Gauge['type'] = 'gauge'): Gauge => ({
    name: `watchword_audit_${name}`,
    help,
    type,
    read,
  });
  return [
    gauge('events_total', 'Durable events in the log.', () => audit.size, 'counter'),
    gauge('syncs_total', 'Completed fdatasync calls since the start.', () => audit.status().syncs, 'counter'),
    gauge('sync_seconds_p50', 'Median duration of recent fdatasync calls.', () => audit.status().syncLatency.p50 / 1000),
    gauge('sync_seconds_p99', '99th percentile of recent fdatasync calls.', () => audit.status().syncLatency.p99 / 1000),
    gauge('available', '1 while events can be made durable.', () => (audit.status().unavailableSince === undefined ? 1 : 0)),
    gauge('checkpoint_size', 'Events under the last signed checkpoint.', () => audit.status().checkpoint?.size ?? 0),
  ];
}

export function processGauges(): Gauge[] {
  return [
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size.',
      type: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start time since the Unix epoch.',
      type: 'gauge',
      read: () => Math.round(Date.now() / 1000 - process.uptime()),
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'User and system time spent.',
      type: 'counter',
      read: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    },
  ];
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyOperation } from '../../src/access/operation.ts';
import { silentLogger } from '../../src/foundation/ports.ts';
import { checkedConfiguration } from '../../src/server/configuration.ts';
import { openFoundations, realMachine } from '../../src/server/foundations.ts';
import { buildRooms } from '../../src/server/rooms.ts';
import { code, type Page, page, table } from './page.ts';

/** What a real server offers, in a folder of its own that is removed again. */
export async function offeredOperations(): Promise<readonly AnyOperation[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchword-docs-'));
  try {
    const configuration = checkedConfiguration({ dataDir });
    const foundations = await openFoundations(configuration, silentLogger, realMachine);
    const { operations } = buildRooms(foundations, configuration, silentLogger, realMachine);
    await foundations.audit.close();
    await foundations.storage.close();
    return operations;
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

function needs({ authentication, authorization, capability, sudo }: AnyOperation): string {
  if (authentication === 'none') return 'nothing';
  if (authorization === 'session') return 'a valid token';
  const named = typeof capability === 'string' ? code(capability) : 'depends on what exists or is asked';
  return sudo === true ? `${named} and ${code('sudo')}` : named;
}

function recorded({ event, effect }: AnyOperation): string {
  if (event.recorded === false) return 'not recorded';
  const activity = `${event.class}, ${event.activity}`;
  return effect === 'read' ? activity : `${activity}; intent and outcome`;
}

export const operationsPage: Page = {
  file: 'operations.md',
  async render() {
    const operations = (await offeredOperations()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return page(
      'Operations',
      'Everything that can be reached from outside goes through one door as one of these operations: authenticated, ' +
        'limited, authorised, performed, wrapped where asked, and recorded in the audit log. Fields of a request stand in ' +
        'the log as keyed digests, except those named under "In clear".',
      table(
        ['Operation', 'What it does', 'Needs', 'While sealed', 'Event', 'In clear'],
        operations.map((operation) => [
          code(operation.name),
          operation.summary,
          needs(operation),
          operation.whileSealed === true ? 'yes' : 'no',
          recorded(operation),
          operation.event.clear.map((field) => code(String(field))).join(', '),
        ]),
      ),
    );
  },
};

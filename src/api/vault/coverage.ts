import { drivenBy } from './driven-by.ts';
import type { AnyRoute, WireMethod } from './route.ts';
import { routeFamilies } from './routes/index.ts';
import { notYet } from './routes/not-yet.ts';

const INTRODUCTION = `# Vault API coverage

Every method and path of Vault's HTTP API that Watchword answers, and the operation behind it. Generated from the routes.

- Paths stand below \`/v1/\`; \`:name\` is one segment, \`*name\` the rest of the path.
- PUT is the same as POST. \`GET ?list=true\` is the same as LIST, \`GET ?scan=true\` the same as SCAN.
- Every path answers \`?help=1\` for those who may read it.
- *Driven by* names the clients with which the test suite carries out the operation against a running server.
`;

/** Reference page of everything that is answered, and of what is not yet: Markdown. */
export function coverageTable(): string {
  const parts = [INTRODUCTION];
  for (const { title, at, routes } of routeFamilies) {
    parts.push(`## ${title}\n`, 'Method | Path | Operation | Status | Driven by | Notes', '--- | --- | --- | --- | --- | ---');
    for (const route of routes) parts.push(rowOf(at, route));
    parts.push('');
  }
  parts.push('## Not yet\n', 'Group | Endpoint | Status', '--- | --- | ---');
  for (const { group, endpoints } of notYet) {
    for (const endpoint of endpoints) parts.push(`${group} | \`${endpoint}\` | not yet`);
  }
  return `${parts.join('\n')}\n`;
}

function rowOf(at: string, { method, pattern, operation, notes = '' }: AnyRoute): string {
  const methods: readonly WireMethod[] = typeof method === 'string' ? [method] : method;
  const clients = (drivenBy as Readonly<Record<string, readonly string[]>>)[operation] ?? [];
  return `${methods.join(', ')} | \`${at}${pattern}\` | \`${operation}\` | yes | ${clients.join(', ')} | ${notes}`;
}

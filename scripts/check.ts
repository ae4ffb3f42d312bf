import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Everything that must hold of the sources besides the tests. */
const checks: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'floors and house rules', command: ['vitest', 'run', 'test/architecture'] },
  { name: 'dead code', command: ['knip', '--treat-config-hints-as-errors'] },
  { name: 'documentation in sync', command: ['node', 'scripts/docs.ts', '--check'] },
];

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** Output of both kinds in the order in which it came. */
function run([program = '', ...args]: readonly string[]): Promise<Outcome> {
  const child = spawn(program, args, { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

let failed = 0;
for (const { name, command } of checks) {
  const started = performance.now();
  const { ok, output } = await run(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (ok) continue;
  failed += 1;
  console.log(`\n${output.trimEnd().replace(/^/gm, '    ')}\n\n    again: npx ${command.join(' ')}\n`);
}
console.log(failed === 0 ? 'All checks hold.' : `${failed} of ${checks.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

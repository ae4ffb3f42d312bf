import { stages } from '../scanning/hook/hook-script.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
const words = process.argv.slice(2);

try {
  const [verb, action, name, ...details] = words;
  const stage = stages.find((one) => one === name);
  // Every commit waits for this one, so it goes without the parser of command lines.
  if (verb === 'hook' && action === 'run' && stage !== undefined && !details.some((word) => word.startsWith('-'))) {
    const { runHook } = await import('./scan/run-hook.ts');
    await runHook(stage, details, {}, terminal);
  } else {
    const { runCommandLine } = await import('./program.ts');
    await runCommandLine(words, terminal);
  }
} catch (error) {
  const { reportFailure } = await import('./failure.ts');
  process.exitCode = reportFailure(error, terminal);
}

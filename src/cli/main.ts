import { reportFailure } from './failure.ts';
import { runCommandLine } from './program.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();

// A reader that has seen enough (`watchword list … | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await runCommandLine(process.argv.slice(2), terminal);
} catch (error) {
  process.exitCode = reportFailure(error, terminal);
}

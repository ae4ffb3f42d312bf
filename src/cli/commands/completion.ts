import { Argument, Command } from 'commander';
import { completionScript, shells } from '../completion-script.ts';
import type { Terminal } from '../terminal.ts';

export function completionCommand(terminal: Terminal, allCommands: () => Promise<readonly Command[]>): Command {
  return new Command('completion')
    .description(
      'Prints a script that completes commands and options. For bash: `source <(watchword completion bash)`; zsh the same; fish: `watchword completion fish | source`.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: (typeof shells)[number]) => {
      const root = new Command('watchword');
      for (const command of await allCommands()) root.addCommand(command);
      terminal.stdout.write(completionScript(root, shell));
    });
}

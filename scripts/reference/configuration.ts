import { serverCommand } from '../../src/cli/commands/server.ts';
import { code, type Page, page, table } from './page.ts';

/** With the choices, where the description does not name them itself. */
function explained(description: string, choices: readonly string[]): string {
  if (choices.every((choice) => description.includes(choice))) return description;
  return `${description}: ${choices.map(code).join(', ')}`;
}

export const configurationPage: Page = {
  file: 'configuration.md',
  async render() {
    const { options } = await serverCommand();
    return page(
      'Configuration of the server',
      'Given to `watchword server`, or to `npm start` after `--`. An option wins over its environment variable.',
      table(
        ['Option', 'Environment', 'Default', 'What it is'],
        options.map(({ flags, envVar, defaultValue, argChoices, description }) => [
          code(flags),
          envVar === undefined ? '' : code(envVar),
          defaultValue === undefined ? '' : code(String(defaultValue)),
          explained(description, argChoices ?? []),
        ]),
      ),
    );
  },
};

import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;

/** A static script: nothing of the store is asked while a person types. */
export function completionScript(root: Command, shell: (typeof shells)[number]): string {
  if (shell === 'fish') return fishScript(root);
  const known = wordsByPath(root);
  const commands = known.filter(([path]) => path !== '').map(([path]) => `'${path}'`);
  const cases = known.map(([path, words]) => `    '${path}') words='${words.join(' ')}' ;;\n`);
  const bash = `_watchword() {
  local path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in ${commands.join('|')}) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _watchword watchword
`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

function fishScript(root: Command): string {
  return wordsByPath(root)
    .map(([path, words]) => `complete -c watchword -n '${fishCondition(path)}' -a '${words.join(' ')}'\n`)
    .join('');
}

const fishCondition = (path: string) =>
  path === ''
    ? '__fish_use_subcommand'
    : path
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ');

/** For each command, its subcommands and options. */
function wordsByPath(command: Command, path = ''): [string, string[]][] {
  const options = command.options.map(({ long }) => long).filter((long) => long !== undefined);
  const own: [string, string[]] = [path, [...command.commands.map((child) => child.name()), ...options]];
  return [own, ...command.commands.flatMap((child) => wordsByPath(child, `${path} ${child.name()}`.trim()))];
}

/** Moments at which git asks whether to go on. */
export const stages = ['pre-commit', 'pre-push', 'pre-receive'] as const;
export type Stage = (typeof stages)[number];

/** In every script of ours, so that we know it again. */
const MARK = '# watchword-hook 1';

/** What was there before is kept under this name and runs first. */
export const keptName = (stage: Stage): string => `${stage}.before-watchword`;

export const isOurs = (script: string): boolean => script.includes(MARK);

const what: Readonly<Record<Stage, { readonly stopped: string; readonly around: string }>> = {
  'pre-commit': { stopped: 'the commit is stopped', around: 'To commit unscanned: git commit --no-verify' },
  'pre-push': { stopped: 'the push is stopped', around: 'To push unscanned: git push --no-verify' },
  'pre-receive': { stopped: 'the push is refused', around: 'Whoever runs this server has to install it.' },
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The `x` keeps the line ends at the end. */
const KEEP_INPUT = `input=$(cat; printf x)
input=\${input%x}
`;

/**
 * The script that git calls. It ends with an error when there is no watchword to call: a hook that passes because it is broken protects
 * nobody. `launcher` is the program that installed it; where that has moved, the one on the PATH is taken, and never one that the
 * work tree brings along.
 */
export function hookScript(stage: Stage, launcher: string): string {
  const { stopped, around } = what[stage];
  // Both hooks want all of what git writes on standard input.
  const reads = stage !== 'pre-commit';
  const give = reads ? `printf '%s' "$input" | ` : '';
  return `#!/bin/sh
${MARK}
# Made by \`watchword hook install\`; \`watchword hook uninstall\` takes it away again.
${reads ? KEEP_INPUT : ''}before=$(dirname "$0")/${keptName(stage)}
if [ -x "$before" ]; then
  ${give}"$before" "$@" || exit $?
fi
launcher=${quoted(launcher)}
[ -x "$launcher" ] || launcher=$(command -v watchword)
if [ ! -x "$launcher" ]; then
  echo 'watchword is not installed here: nothing was scanned, so ${stopped}.' >&2
  echo '${around}' >&2
  exit 1
fi
${give}"$launcher" hook run ${stage} "$@"
`;
}

/** The line that husky's own script gets. */
export const huskyLine = (stage: Stage): string => `watchword hook run ${stage} "$@" ${MARK}`;

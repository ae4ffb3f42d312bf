import type { Stage } from './hook-script.ts';

/** Also the ids in `.pre-commit-hooks.yaml`. */
const hookId = (stage: Stage): string => (stage === 'pre-commit' ? 'watchword' : `watchword-${stage}`);

/** Whether a `.pre-commit-config.yaml` has our hook, from wherever it is taken. */
export const inConfig = (text: string, stage: Stage): boolean =>
  new RegExp(`^\\s*-?\\s*id:\\s*["']?${hookId(stage)}["']?\\s*(?:#.*)?$`, 'm').test(text);

/** The configuration with our hook at its end; remarks and order of the rest stay. */
export async function addToConfig(text: string, stage: Stage): Promise<string> {
  if (inConfig(text, stage)) return text;
  const { isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text.trim() === '' ? 'repos: []\n' : text);
  const hook = new Map<string, unknown>([
    ['id', hookId(stage)],
    ['name', 'watchword: no credentials'],
    ['entry', `watchword hook run ${stage}`],
    ['language', 'system'],
    ['stages', [stage]],
    // It looks at what is staged or pushed itself: whole files, and changes without a file.
    ['pass_filenames', false],
    ['always_run', true],
  ]);
  const repo = document.createNode({ repo: 'local', hooks: [hook] });
  const repos = document.get('repos');
  if (isSeq(repos)) {
    repos.flow = false;
    repos.add(repo);
  } else document.set('repos', [repo]);
  return document.toString({ lineWidth: 0 });
}

/** The configuration without our local hook. */
export async function removeFromConfig(text: string, stage: Stage): Promise<string> {
  const { isMap, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const repos = document.get('repos');
  if (!isSeq(repos)) return text;
  repos.items = repos.items.filter((repo) => {
    const hooks = isMap(repo) ? repo.get('hooks') : undefined;
    if (!isSeq(hooks) || !hooks.items.some((hook) => isMap(hook) && hook.get('id') === hookId(stage))) return true;
    hooks.items = hooks.items.filter((hook) => !(isMap(hook) && hook.get('id') === hookId(stage)));
    return hooks.items.length > 0;
  });
  return document.toString({ lineWidth: 0 });
}

const ASSIGNED = /([A-Za-z_][A-Za-z0-9_]*)\s*(?::\s*[\w.[\]]+\s*)?=\s*$/;
const KEYED = /["']([A-Za-z_][A-Za-z0-9_-]*)["']\s*\]?\s*[:=,]\s*$/;
/** Names that do not say whose. */
const VAGUE =
  /^(?:API_?KEY|KEY|TOKEN|ACCESS_TOKEN|AUTH_TOKEN|API_TOKEN|SECRET|PASSWORD|PASSWD|PWD|AUTH|BEARER|CREDENTIALS?|VALUE)$/;

/** Names that say where it is put, and not what it is. */
const ELSEWHERE = /^(?:AUTHORIZATION|URL|URI|DSN|CFG|CONF|CONFIG|HEADERS?|PARAMS|DATA|ARGS|[A-Z])$/;
/** What the vendors' own libraries look up, where the detector is called otherwise. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['aws-secret-after-key-id', 'AWS_SECRET_ACCESS_KEY'],
  ['aws-secret-before-key-id', 'AWS_SECRET_ACCESS_KEY'],
  ['aws-temporary-access-key-id', 'AWS_ACCESS_KEY_ID'],
  ['databricks-personal-access-token', 'DATABRICKS_TOKEN'],
  ['google-gemini-api-key', 'GEMINI_API_KEY'],
  ['hugging-face-access-token', 'HF_TOKEN'],
  ['hugging-face-organization-token', 'HF_TOKEN'],
  ['kaggle-legacy-key', 'KAGGLE_KEY'],
  ['langsmith-personal-token', 'LANGSMITH_API_KEY'],
  ['langsmith-service-key', 'LANGSMITH_API_KEY'],
  ['openai-project-key', 'OPENAI_API_KEY'],
  ['openai-service-account-key', 'OPENAI_API_KEY'],
  ['together-legacy-key', 'TOGETHER_API_KEY'],
  ['wandb-legacy-key', 'WANDB_API_KEY'],
]);

const upper = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase();

/**
 * What the environment variable for a secret is called: after the variable or key that it is assigned to, with the provider
 * before it where that says too little; otherwise after the detector. `before` is the text that ends where the literal begins.
 */
export function variableName(before: string, detector: string): string {
  const line = before.slice(-200);
  const given = (ASSIGNED.exec(line) ?? KEYED.exec(line))?.[1];
  const usual = USUAL.get(detector);
  const fallback = usual ?? upper(detector);
  if (given === undefined || given.length > 60) return fallback;
  const name = upper(given);
  if (ELSEWHERE.test(name)) return fallback;
  if (!VAGUE.test(name)) return /^[A-Z]/.test(name) ? name : fallback;
  if (usual !== undefined) return usual;
  const [provider = ''] = detector.split('-');
  return provider === 'generic' || provider === '' ? name : `${upper(provider)}_${name}`;
}

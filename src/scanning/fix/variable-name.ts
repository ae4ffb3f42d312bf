const ASSIGNED = /([A-Za-z_][A-Za-z0-9_]*)\s*(?::\s*[\w.[\]]+\s*)?=\s*$/;
const KEYED = /["']([A-Za-z_][A-Za-z0-9_-]*)["']\s*\]?\s*[:=,]\s*$/;
/** Names that do not say whose. */
const VAGUE =
  /^(?:API_?KEY|KEY|TOKEN|ACCESS_TOKEN|AUTH_TOKEN|API_TOKEN|SECRET|PASSWORD|PASSWD|PWD|AUTH|BEARER|CREDENTIALS?|VALUE|S|X)$/;

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
  const fallback = upper(detector);
  if (given === undefined || given.length > 60) return fallback;
  const name = upper(given);
  if (!VAGUE.test(name)) return /^[A-Z]/.test(name) ? name : fallback;
  const [provider = ''] = detector.split('-');
  return provider === 'generic' || provider === '' ? name : `${upper(provider)}_${name}`;
}

import type { Check, Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Apache Airflow',
  family: 'ml-tooling',
  source: 'https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/fernet.html',
} as const;

function checkFernet(value: string): Check {
  const ok = Buffer.from(value, 'base64url').length === 32;
  return { ok, reason: ok ? 'decodes to 32 bytes' : 'does not decode to 32 bytes' };
}

/** The key with which connections and variables are encrypted. */
export const airflow: readonly Detector[] = [
  keyed({
    ...of,
    id: 'airflow-fernet-key',
    title: 'Fernet key',
    keywords: ['fernet'],
    value: seq(chars('base64url', 43), '='),
    notBeside: 'A-Za-z0-9_+/=-',
    check: checkFernet,
    seen: ['AIRFLOW__CORE__FERNET_KEY={}', 'fernet_key = {}', 'f = Fernet(b"{}")', 'fernetKey: "{}"'],
  }),
];

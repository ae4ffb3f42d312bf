import type { Command } from 'commander';

/** A line or two to start from, by command; each without the program's name. Shown by `--help` and in the reference. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  scan: ['scan', 'scan --history --output sarif:scan.sarif', 'scan --staged', 'scan --fix train.ipynb --dry-run'],
  'baseline create': ['baseline create --reason found-at-the-start --owner team-vision --expires 2027-03-31'],
  'baseline add': ['baseline add 7028cf7b3b46 --reason sandbox-key --owner ada'],
  'baseline import': ['baseline import .gitleaksignore --reason taken-over --owner ada --history'],
  'hook install': ['hook install', 'hook install --pre-commit --pre-push'],
  'kv get': ['kv get secret/team/db', 'kv get -field=password secret/team/db'],
  'kv put': ['kv put secret/team/db user=app password=@password.txt', 'kv put secret/team/db @all.json'],
  'kv patch': ['kv patch secret/team/db password=-'],
  'kv list': ['kv list secret/team'],
  'kv delete': ['kv delete secret/team/db', 'kv undelete --versions 3 secret/team/db'],
  'kv metadata patch': ['kv metadata patch --custom-metadata owner=team-vision secret/team/db'],
  read: ['read secret/data/team/db', 'read sys/mounts'],
  write: ['write cubbyhole/note text=hello'],
  list: ['list secret/metadata/team'],
  delete: ['delete cubbyhole/note'],
  import: ['import --dry-run .env', 'import --owner team-vision --prefix team/churn .env config.yaml'],
  unwrap: ['unwrap -field=token @wrapping-token'],
  creds: [
    'creds database/training',
    'creds ssh/sign/dev public_key=@id_ed25519.pub --field signed_key',
    'creds database/training --exec -- python train.py',
    'creds database/training --dotenv 1 > /run/user/1000/training.env',
  ],
  'lease list': ['lease list', 'lease list database/creds/training', "lease list --workload 'kubernetes:churn/train'"],
  'lease renew': ['lease renew database/creds/training/3kXb… -i 1h'],
  'lease revoke': [
    'lease revoke database/creds/training/3kXb…',
    'lease revoke --prefix database/creds/training --sync',
    "lease revoke --workload 'kubernetes:churn/train'",
  ],
  'lease hold': ['lease hold', 'lease hold --release'],
  'engine test': ['engine test database/features', 'engine test rabbitmq'],
  'secrets enable': ['secrets enable database', 'secrets enable -path=team -version=2 kv'],
  'auth enable': ['auth enable kubernetes', 'auth enable -path=ci jwt'],
  login: [
    'login @.watchword/root-token',
    'login --role train',
    'login --method kubernetes --role train',
    'login --method userpass username=ada',
    'login --method jwt --role ci --no-store --print-token',
  ],
  whoami: ['whoami', 'whoami --format json'],
  'token create': [
    'token create -policy=churn-read -ttl=8h -display-name=churn-training -field=token',
    'token create -policy=admin -orphan -period=768h -display-name=ada -field=token',
  ],
  'token lookup': ['token lookup', 'token lookup @token'],
  'token renew': ['token renew -field=token_duration'],
  'token revoke': ['token revoke -self', 'token revoke -accessor 2Fbs…'],
  'token capabilities': ['token capabilities secret/data/team/db'],
  'policy write': ['policy write churn-read churn-read.hcl'],
  'policy fmt': ['policy fmt churn-read.hcl'],
  'role lint': ['role lint', 'role lint auth/kubernetes --format json'],
  server: ['server', 'server --port 8300 --data-dir /srv/watchword'],
  'slurm-agent run': ['slurm-agent run --cluster alpha --audience watchword-alpha --key-file /etc/watchword/slurm.pem'],
  'slurm-agent ended': ['slurm-agent ended "$SLURM_JOB_ID"'],
  'operator init': ['operator init --key-shares 5 --key-threshold 3'],
  'operator unseal': ['operator unseal', 'operator unseal @my-key'],
  'audit verify': ['audit verify', 'audit verify --checkpoint ~/checkpoint --key ~/watchword-keys'],
  'audit tail': ['audit tail -n 50', 'audit tail --follow --json'],
  'audit search': [
    'audit search --actor token-churn-training --since 24h',
    "audit search --path 'secret/data/team/*' --outcome denied",
  ],
  'audit prove': ['audit prove 9 --out proof.json', 'audit verify-proof proof.json --key ~/watchword-keys'],
  'audit checkpoint': ['audit checkpoint > checkpoint'],
};

/** Words after the program's name: `kv metadata patch`. */
export function commandPath(command: Command): string {
  const names: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

/** The examples of one command as it is called; empty where there are none. */
export function exampleLines(command: Command, program: string): string[] {
  return (examples[commandPath(command)] ?? []).map((line) => `${program} ${line}`);
}

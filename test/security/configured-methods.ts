import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { OperationName } from '../../src/access/operation-types.ts';
import type { MountPoint } from '../../src/foundation/mount.ts';
import type { Network } from '../../src/foundation/ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { TestIssuer } from '../../src/identity/jwt/testing/test-issuer.ts';
import { BODY, SERVER } from '../../src/identity/methods/aws/testing/aws-world.ts';
import { showing } from '../../src/identity/methods/cert/testing/cert-world.ts';
import { CLIENT, FakeProvider } from '../../src/identity/methods/oidc/testing/fake-provider.ts';
import { FakeSts, signatureFor, testPrincipal } from '../../src/identity/methods/testing/fake-sts.ts';
import { azurePlatform, googlePlatform } from '../../src/identity/platforms/index.ts';
import { kubernetesExample } from '../../src/identity/platforms/kubernetes-claims.ts';
import { extension, makeAuthority, makeCertificate } from '../../src/identity/x509/testing/certificate-writer.ts';
import { type GuardedApi, openGuardedApi } from '../testing/guarded-api.ts';

type Body = Readonly<Record<string, unknown>>;

/** A record that is written over HTTP. */
export interface Settings {
  /** Below the mount. */
  readonly path: string;
  readonly body: Body;
  /** Fields that no reader is told. */
  readonly hidden?: readonly string[];
  /** A change that is right by itself. */
  readonly right: Body;
  /** Cannot be deleted: a write says all of it. */
  readonly kept?: boolean;
}

export interface Configured {
  readonly kind: string;
  readonly settings: readonly Settings[];
  /** Rejects where the caller is refused. */
  logIn(): Promise<unknown>;
}

const AUDIENCE = 'watchword';
const SUBSCRIPTION = '7d3c1f3a-4f0e-4d11-9a3c-2f8b8f5c0002';
const role = (path: string, body: Body): Settings => ({
  path,
  body: { token_policies: ['features'], token_ttl: '10m', owner: 'team', token_num_uses: 9, expected_region: 'eu', ...body },
  right: { owner: 'another team' },
});

/** Every auth method whose callers are machines or people elsewhere, configured so that its caller can log in. */
export class Methods implements AsyncDisposable {
  readonly api: GuardedApi;
  readonly all: Configured[] = [];
  readonly #issuer: TestIssuer;
  readonly #people: FakeProvider;
  readonly #sts: FakeSts;
  #callers = 0;

  private constructor(api: GuardedApi, { issuer, people, sts }: { issuer: TestIssuer; people: FakeProvider; sts: FakeSts }) {
    this.api = api;
    this.#issuer = issuer;
    this.#people = people;
    this.#sts = sts;
  }

  static async open(): Promise<Methods> {
    const sts = new FakeSts();
    let now = () => 0;
    const people = await FakeProvider.create(() => now());
    const network: Network = {
      async request(request) {
        if (request.url.startsWith(`${people.issuer.issuer}/`)) return people.request(request);
        if (request.url.startsWith('https://sts.amazonaws.com')) return sts.request(request);
        throw Object.assign(new Error('nobody answers'), { code: 'ECONNREFUSED' });
      },
    };
    const api = await openGuardedApi(network);
    now = () => api.on.world.clock.now();
    const issuer = await TestIssuer.create({ algorithm: 'RS256' });
    const methods = new Methods(api, { issuer, people, sts });
    for (const add of ['jwt', 'kubernetes', 'gcp', 'azure', 'aws', 'cert', 'slurm', 'oidc'] as const) {
      methods.all.push(await methods[`_${add}`](await api.on.mountMethod(add)));
    }
    return methods;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }

  async _jwt(mount: MountPoint): Promise<Configured> {
    const config = { jwks: this.#jwks, bound_issuer: this.#issuer.issuer, default_role: 'train', jwt_supported_algs: ['RS256'] };
    const bound = { bound_audiences: [AUDIENCE], user_claim: 'sub', bound_subject: 'trainer', bound_claims: { team: 'red' } };
    return {
      kind: 'jwt',
      settings: [
        { path: 'config', body: config, right: { default_role: 'another' } },
        role('role/train', { ...bound, role_type: 'jwt', claim_mappings: { team: 'team' }, max_token_lifetime: '1h' }),
      ],
      logIn: async () => this.#with(mount, 'jwt.login', { jwt: await this.#sign({ sub: 'trainer', team: 'red' }) }),
    };
  }

  async _kubernetes(mount: MountPoint): Promise<Configured> {
    const config = { jwks: this.#jwks, issuer: this.#issuer.issuer, cluster: 'alpha' };
    const bound = { bound_service_account_names: ['trainer'], bound_service_account_namespaces: ['research'] };
    return {
      kind: 'kubernetes',
      settings: [
        { path: 'config', body: config, hidden: ['token_reviewer_jwt'], right: { cluster: 'beta' } },
        role('role/train', { ...bound, audience: AUDIENCE, require_pod: true, max_token_lifetime: '1h' }),
      ],
      logIn: async () => this.#with(mount, 'kubernetes.login', { jwt: await this.#sign(kubernetesExample) }),
    };
  }

  async _gcp(mount: MountPoint): Promise<Configured> {
    const { google: _machine, ...account } = googlePlatform.examples.accepted as { google: object; sub: string };
    const config = { jwks: this.#jwks, issuer: this.#issuer.issuer, audience_bases: ['https://watchword.test'] };
    const login = { ...account, aud: 'vault/train' };
    return {
      kind: 'gcp',
      settings: [
        { path: 'config', body: config, hidden: ['credentials'], right: { iam_alias: 'role_id' } },
        role('role/train', { type: 'iam', bound_service_accounts: [account.sub], max_jwt_exp: '10m' }),
      ],
      logIn: async () => this.#with(mount, 'gcp.login', { jwt: await this.#sign(login) }),
    };
  }

  async _azure(mount: MountPoint): Promise<Configured> {
    const { accepted } = azurePlatform.examples;
    const config = { tenant_id: accepted['tid'], resource: AUDIENCE, jwks: this.#jwks, issuer: this.#issuer.issuer };
    return {
      kind: 'azure',
      settings: [
        { path: 'config', body: config, hidden: ['client_secret', 'client_id'], right: { environment: 'AzureChinaCloud' } },
        role('role/train', { bound_service_principal_ids: [accepted['oid']], bound_subscription_ids: [SUBSCRIPTION] }),
      ],
      logIn: async () => this.#with(mount, 'azure.login', { jwt: await this.#sign(accepted) }),
    };
  }

  async _aws(mount: MountPoint): Promise<Configured> {
    const config = { iam_server_id_header_value: SERVER, allowed_sts_header_values: ['x-amz-extra'] };
    const who = testPrincipal('trainer');
    this.#sts.principals.push(who);
    const signed = () => {
      const stamp = new Date(this.#nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
      const headers: Record<string, string> = {
        'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
        Host: 'sts.amazonaws.com',
        'X-Amz-Date': stamp,
        'X-Vault-AWS-IAM-Server-ID': SERVER,
        'X-Amz-Security-Token': who.sessionToken ?? '',
      };
      const names = Object.keys(headers)
        .map((name) => name.toLowerCase())
        .sort();
      const signature = signatureFor({ headers, names, body: BODY, stamp, region: 'us-east-1' }, who.secret);
      const scope = `${who.keyId}/${stamp.slice(0, 8)}/us-east-1/sts/aws4_request`;
      const line = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
      return Secret.fromText(JSON.stringify({ ...headers, Authorization: line }));
    };
    return {
      kind: 'aws',
      settings: [
        { path: 'config/client', body: config, hidden: ['access_key', 'secret_key'], right: { sts_region: 'us-east-1' } },
        { path: 'config/identity', body: { iam_alias: 'unique_id', iam_metadata: ['account_id'] }, right: {}, kept: true },
        role('role/train', { auth_type: 'iam', bound_iam_principal_arn: ['arn:aws:iam::123456789012:role/trainer'] }),
      ],
      // A second goes by, or the signature would be known already.
      logIn: () => {
        this.api.on.world.clock.time += 1000;
        return this.#with(mount, 'aws.login', {
          method: 'POST',
          url: 'https://sts.amazonaws.com/',
          body: BODY,
          headers: signed(),
        });
      },
    };
  }

  async _cert(mount: MountPoint): Promise<Configured> {
    const now = this.#nowMs;
    const root = makeAuthority('Acme root', now);
    const usage = [extension.noAuthority(), extension.keyUsage(0)];
    const shown = makeCertificate({ subject: [['CN', 'trainer']], extensions: usage }, now, root);
    const { on } = this.api;
    return {
      kind: 'cert',
      settings: [
        { path: 'config', body: { disable_binding: false }, right: {} },
        role('certs/train', { certificate: root.pem, allowed_common_names: ['trainer'], display_name: 'job' }),
      ],
      logIn: () =>
        on.performAt(mount, 'cert.login', { name: 'train' }, { remote: this.#nextAddress(), proofs: showing([shown]) }),
    };
  }

  async _slurm(mount: MountPoint): Promise<Configured> {
    const agent = generateKeyPairSync('ed25519');
    const pem = agent.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const kid = createHash('sha256').update(pem).digest('base64url').slice(0, 16);
    const slurm = { state: 'RUNNING', job_id: 7, uid: 1000, user: 'ada', account: 'vision', partition: 'gpu' };
    return {
      kind: 'slurm',
      settings: [
        { path: 'config', body: { cluster: 'alpha', audience: AUDIENCE, agent_keys: [pem] }, right: { audience: 'another' } },
        role('role/train', { bound_accounts: ['vision'], bound_uids: [1000], bound_partitions: ['gpu'] }),
      ],
      logIn: async () => {
        const { output } = await this.api.on.performAt(mount, 'slurm.nonce', {}, { remote: this.#nextAddress() });
        const times = { iat: this.#now, nbf: this.#now, exp: this.#now + 60 };
        const claims = {
          iss: 'slurm:alpha',
          sub: 'job:7',
          aud: AUDIENCE,
          jti: randomUUID(),
          nonce: output?.nonce,
          slurm,
          ...times,
        };
        return this.#with(mount, 'slurm.login', {
          jwt: signedByHand({ alg: 'EdDSA', typ: 'JWT', kid }, claims, agent.privateKey),
        });
      },
    };
  }

  async _oidc(mount: MountPoint): Promise<Configured> {
    const people = this.#people;
    const config = { oidc_discovery_url: people.issuer.issuer, oidc_client_id: CLIENT, jwt_supported_algs: ['ES256'] };
    const bound = { bound_subject: 'ada', bound_claims: { team: ['red'] }, claim_mappings: { team: 'team' } };
    return {
      kind: 'oidc',
      settings: [
        { path: 'config', body: config, hidden: ['oidc_client_secret'], right: { default_role: 'another' } },
        role('role/train', { ...bound, allowed_redirect_uris: ['https://watchword.test/done'], oidc_scopes: ['profile'] }),
      ],
      // A second goes by: beginning counts as a stranger's request, of all addresses together.
      logIn: async () => {
        this.api.on.world.clock.time += 1000;
        const begun = (await this.#with(mount, 'oidc.begin-device', {})) as { output: { state: string; userCode: string } };
        people.agree(begun.output.userCode, { sub: 'ada', team: 'red' });
        const remote = this.#nextAddress();
        return this.api.on.performAt(mount, 'oidc.poll-device', { state: begun.output.state }, { remote });
      },
    };
  }

  get #jwks(): string {
    return JSON.stringify(this.#issuer.jwks);
  }

  get #nowMs(): number {
    return this.api.on.world.clock.now();
  }

  get #now(): number {
    return Math.floor(this.#nowMs / 1000);
  }

  #sign(claims: object): Promise<Secret> {
    const times = { iss: this.#issuer.issuer, iat: this.#now, exp: this.#now + 300 };
    return this.#issuer.sign({ aud: AUDIENCE, ...claims, ...times } as never);
  }

  /** From another address each time: refused tries are limited for each address. */
  #nextAddress() {
    this.#callers += 1;
    return { address: `198.18.${this.#callers >> 8}.${this.#callers & 255}`, port: 1 };
  }

  #with(mount: MountPoint, operation: OperationName, input: object): Promise<unknown> {
    return this.api.on.performAt(mount, operation, { role: 'train', ...input } as never, { remote: this.#nextAddress() });
  }
}

function signedByHand(header: object, claims: object, key: KeyObject): Secret {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return Secret.fromText(`${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`);
}

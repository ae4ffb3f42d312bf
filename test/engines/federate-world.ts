import type { Secret } from '../../src/foundation/secret.ts';
import { ISSUER, IssuerWorld } from '../../src/identity/issuer/testing/issuer-world.ts';
import type { IdentityTokens } from '../../src/leases/engines/engine.ts';
import { type FederatedProvider, startFederatedProvider } from '../testing/federated-provider.ts';

/** What the tokens are for that workloads show. */
export const TARGET = 'https://models.test';

/** Our own issuer behind the real door with a workload that has logged in, and a real server that believes it. */
export interface FederateWorld {
  readonly provider: FederatedProvider;
  readonly issuer: IssuerWorld;
  readonly identityTokens: IdentityTokens;
  /** What was signed, in order. */
  readonly signed: Secret[];
  /** What `sub` says of the workload. */
  readonly subject: string;
  stop(): Promise<void>;
}

export async function openFederateWorld(): Promise<FederateWorld> {
  const issuer = await IssuerWorld.open();
  const now = () => {
    issuer.platform.on.world.clock.time = Date.now();
  };
  now();
  await issuer.configure({ verificationTtl: 7200, rotationPeriod: 86_400 }, { audiences: [TARGET], ttl: 3600, maxTtl: 7200 });
  const token = await issuer.workload();
  const { output } = await issuer.platform.on.perform(issuer.root, 'token.lookup', { token });
  const session = output?.accessor ?? '';
  const signed: Secret[] = [];
  const identityTokens: IdentityTokens = {
    async sign(request) {
      now();
      const made = await issuer.identity.signToken({ ...request, session });
      signed.push(made.token);
      return made;
    },
    check: (request) => issuer.identity.checkSigning(request),
  };
  const { subject } = await identityTokens.sign({ role: 's3', audience: TARGET, ttl: 60, session });
  const provider = await startFederatedProvider({
    issuer: ISSUER,
    audience: TARGET,
    subject,
    keySet: async () => ({ keys: [...(await issuer.keySet()).keys] as never }),
  });
  return {
    provider,
    issuer,
    identityTokens,
    signed,
    subject,
    async stop() {
      await provider.stop();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

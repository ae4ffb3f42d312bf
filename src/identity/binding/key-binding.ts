import type { Call, CallerProofs } from '../../access/operation.ts';
import type { Clock } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import { refusedLogin } from '../login-refusal.ts';
import { thumbprintOf } from '../x509/certificate.ts';
import { type DpopProof, type Fault, tokenHashOf, verifyProof } from './dpop-proof.ts';
import type { TokenBinding } from './token-binding.ts';
import { UsedProofs } from './used-proofs.ts';

type Proving = Pick<Call, 'proofs'>;

/** Binds tokens to keys, and says whether a caller has the key of a token. */
export class KeyBinding {
  readonly #clock: Clock;
  readonly #used = new UsedProofs();
  /** A request is authenticated more than once: before its body is read, and when it met a change by another one. */
  readonly #spent = new WeakMap<CallerProofs, DpopProof>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The key that this login's caller has shown. @throws WatchwordError `login.refused` where he has shown none */
  bind(kind: TokenBinding['kind'], call: Proving): TokenBinding {
    if (kind === 'mtls') {
      const shown = certificateOf(call);
      if ('fault' in shown) throw refusedLogin(shown.fault);
      return { kind, thumbprint: shown.thumbprint };
    }
    const proof = this.#proofOf(call);
    if ('fault' in proof) throw refusedLogin(proof.fault);
    if (!this.#spend(proof, call)) throw refusedLogin('binding.proof-replayed');
    return { kind, thumbprint: proof.thumbprint };
  }

  /** Undefined where the caller has the key of the token; else a reason of `bindingReasons`. @throws WatchwordError `request.limited` */
  faultOf({ kind, thumbprint }: TokenBinding, token: Secret, call: Proving): string | undefined {
    if (kind === 'mtls') {
      const shown = certificateOf(call);
      if ('fault' in shown) return shown.fault;
      return shown.thumbprint === thumbprint ? undefined : 'binding.certificate';
    }
    const proof = this.#proofOf(call);
    if ('fault' in proof) return proof.fault;
    if (proof.thumbprint !== thumbprint) return 'binding.proof-other-key';
    if (proof.tokenHash !== tokenHashOf(token.bytes)) return 'binding.proof-token';
    return this.#spend(proof, call) ? undefined : 'binding.proof-replayed';
  }

  #proofOf({ proofs }: Proving): DpopProof | Fault {
    if (proofs?.dpop === undefined) return { fault: 'binding.proof-missing' };
    return this.#spent.get(proofs) ?? verifyProof(proofs.dpop, proofs, this.#clock.now());
  }

  #spend(proof: DpopProof, { proofs }: Proving): boolean {
    if (proofs === undefined) return false;
    if (this.#spent.has(proofs)) return true;
    if (!this.#used.use(proof, this.#clock.now())) return false;
    this.#spent.set(proofs, proof);
    return true;
  }
}

function certificateOf({ proofs }: Proving): { readonly thumbprint: string } | Fault {
  const [certificate] = proofs?.certificates() ?? [];
  return certificate === undefined ? { fault: 'binding.certificate-missing' } : { thumbprint: thumbprintOf(certificate) };
}

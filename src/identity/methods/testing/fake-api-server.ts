import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { jsonAnswer } from '../../jwt/testing/test-issuer.ts';

type Status = Readonly<Record<string, unknown>>;

/** A fake of the API server's TokenReview, after the documented schema of authentication.k8s.io/v1. */
export class FakeApiServer implements Network {
  readonly requests: OutgoingRequest[] = [];
  /** What it says; a test changes it. */
  status: Status = {};
  /** Instead of a TokenReview, while it is set. */
  instead: (() => Promise<OutgoingAnswer>) | undefined;

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    if (this.instead !== undefined) return await this.instead();
    return jsonAnswer({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status: this.status }, 201);
  }
}

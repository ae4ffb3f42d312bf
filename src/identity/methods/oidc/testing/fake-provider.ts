import type { JsonObject } from '../../../../foundation/exact-json.ts';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../../foundation/ports.ts';
import { jsonAnswer, TestIssuer } from '../../../jwt/testing/test-issuer.ts';

export const CLIENT = 'watchword';

interface Device {
  /** Claims of whoever agreed; undefined while nobody did. */
  person: JsonObject | undefined;
}

/**
 * In the place of an OpenID provider that lets devices log in (RFC 8628). It gives the same ID token as often as it is asked: whatever
 * may happen only once has to be seen to by its client.
 */
export class FakeProvider implements Network {
  readonly requests: OutgoingRequest[] = [];
  readonly issuer: TestIssuer;
  /** By the device's code. */
  readonly devices = new Map<string, Device>();
  /** Before the token endpoint answers. */
  meanwhile: (() => Promise<unknown>) | undefined;
  readonly #now: () => number;

  private constructor(issuer: TestIssuer, now: () => number) {
    this.issuer = issuer;
    this.#now = now;
  }

  /** @param now milliseconds since the epoch */
  static async create(now: () => number, name = 'https://people.example'): Promise<FakeProvider> {
    return new FakeProvider(await TestIssuer.create({ issuer: name }), now);
  }

  /** What a mount's settings say of it. */
  get config() {
    return { discoveryUrl: this.issuer.issuer, clientId: CLIENT, supportedAlgs: ['ES256'] };
  }

  /** Somebody types the user's code in, and says yes. */
  agree(userCode: string, person: JsonObject = { sub: 'ada' }): void {
    const device = this.devices.get(`device-${userCode}`);
    if (device === undefined) throw new Error('nobody was given this code');
    device.person = person;
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    const { issuer } = this.issuer;
    const form = new URLSearchParams(String(request.body ?? ''));
    switch (request.url) {
      case `${issuer}/.well-known/openid-configuration`:
        return jsonAnswer({
          issuer,
          jwks_uri: `${issuer}/keys`,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          device_authorization_endpoint: `${issuer}/device`,
        });
      case `${issuer}/keys`:
        return jsonAnswer(this.issuer.jwks);
      case `${issuer}/device`:
        return this.#authorize();
      case `${issuer}/token`:
        await this.meanwhile?.();
        return this.#token(this.devices.get(form.get('device_code') ?? ''));
      default:
        return jsonAnswer({}, 404);
    }
  }

  #authorize(): OutgoingAnswer {
    const userCode = `CODE-${this.devices.size + 1}`;
    this.devices.set(`device-${userCode}`, { person: undefined });
    const { issuer } = this.issuer;
    return jsonAnswer({
      device_code: `device-${userCode}`,
      user_code: userCode,
      verification_uri: `${issuer}/activate`,
      expires_in: 300,
      interval: 5,
    });
  }

  async #token(device: Device | undefined): Promise<OutgoingAnswer> {
    if (device === undefined) return jsonAnswer({ error: 'invalid_grant' }, 400);
    if (device.person === undefined) return jsonAnswer({ error: 'authorization_pending' }, 400);
    const iat = Math.floor(this.#now() / 1000);
    const claims = { iss: this.issuer.issuer, aud: CLIENT, iat, exp: iat + 300, ...device.person };
    return jsonAnswer({ id_token: (await this.issuer.sign(claims)).text });
  }
}

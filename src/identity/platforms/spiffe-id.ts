/** SPIFFE-ID § 2: letters, digits, dots, dashes, underscores; no empty segments, none of dots alone, no slash at the end. */
const idForm = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+)$/;
const domainForm = /^[a-z0-9._-]{1,255}$/;
const LONGEST = 2048;

export interface SpiffeId {
  readonly trustDomain: string;
  /** With its first slash: `/ns/research/sa/trainer`. */
  readonly path: string;
}

/** Undefined for what is no id of a workload: percent-encoding, ports, other letters, and trust domains without a path are none. */
export function parseSpiffeId(text: string): SpiffeId | undefined {
  const [, trustDomain, path] = text.length <= LONGEST ? (idForm.exec(text) ?? []) : [];
  return trustDomain === undefined || path === undefined ? undefined : { trustDomain, path };
}

export function isTrustDomain(text: string): boolean {
  return domainForm.test(text);
}

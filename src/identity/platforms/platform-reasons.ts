import type { RefusalReasons } from '../login-refusal.ts';

export const platformReasons: RefusalReasons = {
  'platform.claim': 'A claim that every token of the platform has is missing, or is no plain value.',
  'platform.inconsistent': 'Claims that must say the same contradict each other.',
  'platform.audience': 'The token is meant for another service as well, which could log in with it.',
  'platform.event': 'The job was started by an event that outsiders can cause, and the role does not name the event.',
  'platform.person': 'It is the token of a person, not of a workload.',
  'platform.trust-domain': 'The subject is no SPIFFE id of the trust domain.',
  'platform.resource': 'The claim that names a cloud resource has not the form of such a name.',
};

import { TargetError, type TargetErrorKind } from '../engine.ts';

/** https://kafka.apache.org/protocol#protocol_error_codes */
export const codes = {
  topicAuthorizationFailed: 29,
  clusterAuthorizationFailed: 31,
  securityDisabled: 54,
  saslAuthenticationFailed: 58,
  resourceNotFound: 91,
} as const;

const names: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  7: 'REQUEST_TIMED_OUT',
  8: 'BROKER_NOT_AVAILABLE',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  33: 'UNSUPPORTED_SASL_MECHANISM',
  34: 'ILLEGAL_SASL_STATE',
  35: 'UNSUPPORTED_VERSION',
  41: 'NOT_CONTROLLER',
  42: 'INVALID_REQUEST',
  54: 'SECURITY_DISABLED',
  58: 'SASL_AUTHENTICATION_FAILED',
  89: 'THROTTLING_QUOTA_EXCEEDED',
  91: 'RESOURCE_NOT_FOUND',
  92: 'DUPLICATE_RESOURCE',
  93: 'UNACCEPTABLE_CREDENTIAL',
};

/** Nothing was done, and later it may go. */
const later: ReadonlySet<number> = new Set([8, 41, 89]);
/** Nobody knows what the controller did with it. */
const unclear: ReadonlySet<number> = new Set([-1, 7]);
const LONGEST_TEXT = 200;

/** The broker's own word. */
export class KafkaRefusal extends TargetError {
  readonly code: number;

  /** @param changes whether something was to be changed */
  constructor(
    code: number,
    what: string,
    { text = '', changes = false }: { readonly text?: string; readonly changes?: boolean },
  ) {
    const name = names[code] ?? `error ${code}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a message.
    const told = text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, LONGEST_TEXT);
    super(kindOf(code, changes), `${what}: ${name}${told === '' ? '' : ` (${told})`}`, {
      lockedOut: code === codes.saslAuthenticationFailed,
    });
    this.code = code;
  }
}

function kindOf(code: number, changes: boolean): TargetErrorKind {
  if (later.has(code)) return 'throttled';
  if (unclear.has(code)) return changes ? 'unknown-outcome' : 'unreachable';
  return 'refused';
}

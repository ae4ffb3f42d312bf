import { z } from 'zod';
import { WatchwordError } from '../../../foundation/errors.ts';

const WHERE = 'creation_statements';

/** What users of a role may do: rules of `ACL SETUSER`, https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
export interface RedisRole {
  /** As Vault has it, one text with a JSON array of rules; or each rule, or some of them, a text of its own. */
  readonly creationStatements: readonly string[];
}

export const redisRoleFields = {
  creationStatements: z.array(z.string().max(65_536)).max(1024),
} satisfies z.ZodRawShape;

export const newRedisRole: RedisRole = { creationStatements: [] };

/** The rules in their order, one of `ACL SETUSER`'s words each. @throws WatchwordError `engine.invalid`: which rule, and why */
export function rulesOf({ creationStatements }: RedisRole): readonly string[] {
  const rules = words(creationStatements);
  rules.forEach((rule, index) => {
    const fault = faultOf(rule);
    if (fault !== undefined) throw invalid(`rule ${index + 1}: ${fault}`);
  });
  if (rules.length === 0) throw invalid('must be the rules of ACL SETUSER, such as ["~features:*", "+@read"]');
  return rules;
}

function words(statements: readonly string[]): readonly string[] {
  const texts = statements.map((text) => text.trim()).filter((text) => text !== '');
  if (!texts[0]?.startsWith('[')) return texts.flatMap((text) => text.match(/\([^()]*\)|[^\s]+/g) ?? []);
  // Whoever sent it as one text with commas has it back as one.
  const parsed = arrayOf(texts.join(','));
  const list = z.array(z.string().max(4096)).max(1024).safeParse(parsed);
  if (!list.success) throw invalid('must be one JSON array of texts, such as ["~features:*", "+@read"]');
  return list.data;
}

function arrayOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const invalid = (what: string) => new WatchwordError('engine.invalid', `${WHERE}: ${what}`, { where: WHERE });

const COMMAND = /^[+-](?:@[a-z0-9_-]+|[a-z0-9_.-]+(?:\|[a-z0-9_.-]+)?)$/i;
const PATTERN = /^(?:~|%(?:R|W|RW|WR)~|&)[!-~]+$/i;
const plain: ReadonlySet<string> = new Set([
  'allkeys',
  'resetkeys',
  'allchannels',
  'resetchannels',
  'allcommands',
  'nocommands',
  'sanitize-payload',
]);
const forbidden: Readonly<Record<string, string>> = {
  nopass: 'nopass would let everybody in',
  resetpass: 'resetpass would take the password away',
  reset: 'reset would take away everything, the password included',
  on: 'on is said by the engine',
  off: 'off would make a user that nobody can be',
  clearselectors: 'clearselectors has nothing to clear: users begin empty',
  'skip-sanitize-payload': 'skip-sanitize-payload lets a user crash the server',
};

function faultOf(rule: string): string | undefined {
  if (rule.startsWith('(')) return faultOfSelector(rule);
  const word = rule.toLowerCase();
  if (/^[><#!]/.test(rule)) return 'passwords are set by the engine alone';
  if (Object.hasOwn(forbidden, word)) return forbidden[word];
  if (/^(?:~|%|&)/.test(rule)) {
    return PATTERN.test(rule) ? undefined : 'a pattern must be ~, %R~, %W~ or & and printable characters without spaces';
  }
  if (plain.has(word) || COMMAND.test(rule)) return undefined;
  return 'is none of +command, -command, +@category, -@category, ~keys, %R~keys, %W~keys, &channels, (selector)';
}

function faultOfSelector(rule: string): string | undefined {
  const inside = /^\(([^()]*)\)$/.exec(rule)?.[1]?.trim();
  if (inside === undefined || inside === '') return 'a selector must be (rules with spaces between them)';
  const faults = inside.split(/\s+/).map((each) => (each.startsWith('&') ? undefined : faultOf(each)));
  return faults.find((fault) => fault !== undefined);
}

/** By these a user can make others, or change or see the whole server: what it did stays when it is gone. */
const POWERS =
  /^\+(?:@(?:admin|dangerous)|(?:acl|config|module|debug|replicaof|slaveof|sync|psync|failover|migrate|monitor|shutdown|cluster)(?:\|.*)?)$/;
/** Not by their names, and yet: `CLIENT PAUSE` stops the server, and with it every revocation; `ACL SETUSER` is slow. */
const WIDE = /^\+(?:@(?:connection|slow|keyspace|write)|client(?:\|(?:kill|pause|unpause|no-evict))?)$/;
const harmless: ReadonlySet<string> = new Set([
  '+acl|whoami',
  '+cluster|slots',
  '+cluster|shards',
  '+cluster|nodes',
  '+cluster|info',
]);

/** What works and should not be. @throws WatchwordError `engine.invalid` */
export function checkRedisRole(role: RedisRole): readonly string[] {
  const rules = rulesOf(role).map((rule) => rule.toLowerCase());
  const inner = rules.flatMap((rule) => (rule.startsWith('(') ? rule.slice(1, -1).trim().split(/\s+/) : [rule]));
  const all = inner.findLastIndex((rule) => rule === '+@all' || rule === 'allcommands');
  const tamed = inner.slice(all).some((rule) => rule === '-@admin' || rule === '-@dangerous');
  const powers = inner.filter((rule) => POWERS.test(rule) && !harmless.has(rule));
  const wide = inner.filter((rule, index) => WIDE.test(rule) && !inner.slice(index).includes('-@dangerous'));
  const warnings: (string | false)[] = [
    all >= 0 &&
      !tamed &&
      '+@all lets holders make users and settings that outlive their lease: put -@admin -@dangerous behind it',
    powers.length > 0 && `${[...new Set(powers)].join(' ')}: by it, holders change the server in ways that outlive their lease`,
    wide.length > 0 &&
      `${[...new Set(wide)].join(' ')}: by it, holders stop, empty or change the whole server: put -@admin -@dangerous behind it`,
    inner.some((rule) => /^(?:allkeys|~\*|%(?:r|w|rw|wr)~\*)$/.test(rule)) && 'every key of every database is within reach',
    inner.some((rule) => /^(?:allchannels|&\*)$/.test(rule)) && 'every channel is within reach',
    !inner.some((rule) => rule.startsWith('+') || rule === 'allcommands') && 'no rule allows a command: users can do nothing',
  ];
  return warnings.filter((warning) => warning !== false);
}

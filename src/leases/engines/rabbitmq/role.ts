import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** Regular expressions on the names of queues and exchanges; an empty one matches nothing. https://www.rabbitmq.com/docs/access-control */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** On routing keys. */
export type TopicPermissions = Pick<Permissions, 'write' | 'read'>;

/** What users may do. Names as in Vault. */
export interface RabbitmqRole {
  readonly tags: readonly string[];
  /** By virtual host. */
  readonly vhosts: Readonly<Record<string, Permissions>>;
  /** By virtual host and exchange. */
  readonly vhostTopics: Readonly<Record<string, Readonly<Record<string, TopicPermissions>>>>;
}

const pattern = z.string().max(1024).default('');
const name = z.string().min(1).max(255);
const MOST = 64;
const few = (all: object) => Object.keys(all).length <= MOST;
const FEW = `may hold up to ${MOST}`;

export const rabbitmqRoleFields = {
  tags: z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'may hold letters, digits, - and _')).max(16),
  vhosts: z.record(name, z.strictObject({ configure: pattern, write: pattern, read: pattern })).refine(few, FEW),
  vhostTopics: z
    .record(name, z.record(name, z.strictObject({ write: pattern, read: pattern })).refine(few, FEW))
    .refine(few, FEW),
} satisfies z.ZodRawShape;

export const newRabbitmqRole: RabbitmqRole = { tags: [], vhosts: {}, vhostTopics: {} };

/** @throws WatchwordError `engine.invalid` */
export function checkRabbitmqRole({ tags, vhosts, vhostTopics }: RabbitmqRole): readonly string[] {
  if (tags.includes('administrator')) {
    invalidSetting('tags', 'may not hold administrator: who has it can make users that outlive every lease');
  }
  if (tags.length === 0 && Object.keys(vhosts).length === 0) invalidSetting('vhosts', 'must be set, or tags');
  for (const vhost of Object.keys(vhosts)) checkName('vhosts', vhost);
  for (const [vhost, exchanges] of Object.entries(vhostTopics)) {
    if (!Object.hasOwn(vhosts, vhost)) invalidSetting('vhost_topics', 'names a virtual host that vhosts does not name');
    for (const exchange of Object.keys(exchanges)) checkName('vhost_topics', exchange);
  }
  return warningsOf(tags, vhosts, vhostTopics);
}

/** They become parts of a URL's path, where dots would lead to another one. */
function checkName(where: string, text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  const control = /[\u0000-\u001f\u007f]/.test(text);
  if (control || text === '.' || text === '..' || !text.isWellFormed()) invalidSetting(where, 'holds a name that is none');
}

const powers: Readonly<Record<string, string>> = {
  policymaker: 'policymaker lets users set policies and parameters: queues can be sent to other servers by them',
  monitoring: 'monitoring lets users see the connections and queues of everybody',
};

function warningsOf(tags: readonly string[], vhosts: RabbitmqRole['vhosts'], vhostTopics: RabbitmqRole['vhostTopics']): string[] {
  const warnings = tags.flatMap((tag) => (Object.hasOwn(powers, tag) ? [powers[tag] ?? ''] : []));
  const places: [string, Partial<Permissions>][] = [
    ...Object.entries(vhosts),
    ...Object.entries(vhostTopics).flatMap(([vhost, exchanges]) =>
      Object.entries(exchanges).map(([exchange, topic]): [string, TopicPermissions] => [`${vhost} ${exchange}`, topic]),
    ),
  ];
  for (const [place, permissions] of places) {
    for (const [what, text] of Object.entries(permissions)) {
      const whole = text === '' || text === '.*' || (text.startsWith('^') && text.endsWith('$'));
      if (!whole) {
        warnings.push(`${what} in ${place} is not between ^ and $: it matches every name that holds something like it`);
      }
    }
    const everything = Object.values(permissions).every((text) => text === '.*');
    if (everything) warnings.push(`everything is allowed in ${place}`);
  }
  return warnings;
}

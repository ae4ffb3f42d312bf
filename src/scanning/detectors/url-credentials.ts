import type { Check, Detector, Example } from '../detector.ts';
import { anchored, LITERAL, password } from './anchored.ts';
import type { Maker } from './maker.ts';

/** Hosts that stand for a machine of one's own, or for none (RFC 2606). */
const OWN_HOST =
  /^(?:localhost|127\.|0\.0\.0\.0|::1|host\.docker\.internal$|(?:.{1,80}\.)?example(?:\.(?:com|org|net))?$|.{1,80}\.(?:test|invalid|localhost)$|(?:your|my)?-?_?(?:host|server|hostname|domain)(?:\.com)?$)/i;

/** How much the password in a URL is worth by the host it opens. */
function checkHost(value: string, match: RegExpExecArray): Check | undefined {
  const { host, user } = match.groups ?? {};
  if (user !== undefined && user !== '' && user.toLowerCase() === value.toLowerCase())
    return { ok: false, reason: 'the password is the user name' };
  if (host !== undefined && OWN_HOST.test(host)) return { ok: false, reason: 'the host is a local one or an example' };
  return undefined;
}

interface UrlSpec {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  readonly schemes: readonly string[];
  /** Those of the schemes that are met as `scheme+driver://` too. */
  readonly drivers?: readonly string[];
  readonly family?: Detector['family'];
  readonly confidence?: Detector['confidence'];
  readonly user?: string;
  /** What stands between the host and the end in an example. */
  readonly rest?: string;
  readonly source: string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const USER = String.raw`(?<user>[^\s:/?#"'<>\\${'`'},;=()[\]]{0,100})`;
/** An `@` belongs to it when another one comes before the host. */
const PASSWORD = String.raw`(?<value>${LITERAL}[^\s"'<>\\${'`'}/?#]{2,200})`;
const HOST = String.raw`(?=@(?:(?<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])|[${'$'}%{<(\[]|tcp\(|unix\(|\/|["'\s]|$))`;

/** A password between a user and a host. The value is the password alone; the user name may be missing. */
export function urlCredentials(spec: UrlSpec): Detector {
  const { schemes, drivers = [], user = USER, rest = '/main', confidence = 'high', family = 'connection-strings' } = spec;
  const longest = Math.max(...schemes.map(({ length }) => length));
  return anchored({
    id: spec.id,
    provider: spec.provider,
    title: spec.title,
    family,
    confidence,
    anchors: [...schemes.map((scheme) => `${scheme}://`), ...drivers.map((scheme) => `${scheme}+`)],
    guards: Object.fromEntries(schemes.map((scheme) => [`${scheme}://`, { userInfo: true }])),
    pattern: () => {
      const spelled = schemes.map((scheme) => escaped(scheme) + (drivers.includes(scheme) ? '(?:\\+[a-z0-9_]{2,20})?' : ''));
      return new RegExp(`(?<![A-Za-z0-9])(?:${spelled.join('|')})://${user}:${PASSWORD}${HOST}`, 'i');
    },
    reach: longest + 340,
    check: checkHost,
    source: spec.source,
    positive: (make) => positives(make, schemes, drivers, rest),
    negative: (make) => negatives(make.pick(schemes), rest),
  });
}

function positives(make: Maker, schemes: readonly string[], drivers: readonly string[], rest: string): Example[] {
  const url = (value: string): string => {
    const scheme = make.pick(schemes);
    return `${scheme}${drivers.includes(scheme) ? '+driver' : ''}://svc_train:${value}@host-7.internal.acme.io:5432${rest}`;
  };
  const surroundings: readonly ((value: string) => string)[] = [
    (value) => `URL=${url(value)}\n`,
    (value) => `engine = connect("${url(value)}", pool=5)`,
    (value) => `services:\n  app:\n    environment:\n      - URI=${url(value)}\n`,
    (value) => `{"uri": "${url(value)}"}`,
    (value) => `$ tool ${url(value)} --list`,
    (value) => String.raw`"source": ["conn = \"${url(value)}\"\n"]`,
    (value) => `${make.pick(schemes)}://svc:${value}@10.2.3.4`,
  ];
  const chosen = surroundings.map((surround) => {
    const value = password(make);
    return { text: surround(value), value };
  });
  const encoded = `${make.chars('base62', 6)}%40%3A${make.chars('base62', 6)}`;
  const doubled = `${make.chars('base62', 6)}@${make.chars('base62', 6)}`;
  return [...chosen, { text: `u: ${url(encoded)}`, value: encoded }, { text: `u: ${url(doubled)}`, value: doubled }];
}

const negatives = (scheme: string, rest: string): string[] => [
  `${scheme}://host.acme.io:5432${rest}`,
  `${scheme}://user@host.acme.io:5432${rest}`,
  `${scheme}://\${USER}:\${PASSWORD}@host${rest}`,
  `f"${scheme}://{user}:{password}@{host}${rest}"`,
  `"${scheme}://%s:%s@%s${rest}" % (user, password, host)`,
  `${scheme}://<user>:<password>@<host>${rest}`,
  `${scheme}://app:***@host.acme.io${rest}`,
  `${scheme}://app:$DB_PASSWORD@host.acme.io${rest}`,
];

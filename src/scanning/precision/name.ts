import type { Candidate } from './candidate.ts';
import { remembered } from './remembered.ts';

/** Bytes of a line that may lie between a name and its value. */
const NEAR = 120;

/** The name that the match begins in, whole: `AWS_SECRET_ACCESS_KEY` when the detector's anchor is `secret`. */
export function matchedName({ before, valueAt, match }: Candidate): string {
  const start = Math.max(0, before.length - valueAt);
  let from = start;
  while (from > 0 && start - from < 60 && /[\w.$-]/.test(before.charAt(from - 1))) from -= 1;
  const head = before.slice(from, start);
  const tail = /^[\w.-]{0,60}/.exec(match.slice(0, valueAt))?.[0] ?? '';
  return head + tail;
}

/** Ends in the user of a URL, whose password follows. */
const URL_USER = /:\/\/[^\s"'`@/]{0,64}:$/;

/** Whether the value is the password in a URL. */
export const isInUrl = ({ before, after }: Candidate): boolean => after.startsWith('@') && URL_USER.test(before.slice(-72));

/** Between a name and its value: the sign that assigns, and what opens the value. Asked first, since it is short. */
const ASSIGNS = /[=:,(>-][ \t]{0,4}\w{0,2}[\\"'`[( ]{0,5}$/;
const NAME =
  /(?<![\w.-])([\w.-]{1,120})["'`\]\\) \t*]{0,6}(?::\s?[\w.[\]|&<> ]{1,30})?[ \t]{0,8}(?:=>|:=|<-|[=:,(])[ \t]{0,4}\w{0,2}[\\"'`[( ]{0,5}$/;

const nameBefore = remembered((before) => {
  const near = before.slice(-NEAR);
  if (!ASSIGNS.test(near.slice(-12))) return '';
  const line = near.slice(Math.max(near.lastIndexOf('\n'), near.lastIndexOf('\r')) + 1);
  return NAME.exec(line.replace(/\$env:/gi, '$'))?.[1] ?? '';
});

/**
 * The name nearest to the value on its line, as assigned to; empty when there is none. It is tried where a word begins: at every
 * character would take a hundred times as long.
 */
export const nearestName = (candidate: Candidate): string => (isInUrl(candidate) ? '' : nameBefore(candidate.before));

/** Lower-case words of a name: `dbPassword-Hash` gives db, password, hash. */
export const wordsOf: (name: string) => readonly string[] = remembered((name) =>
  name
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== ''),
);

/** Last words of names whose values are not secret, though a word for secrets stands before. */
const HARMLESS_ENDS: ReadonlySet<string> = new Set(
  `id ids pub uuid guid name names path paths file files filename dir directory folder url uri urls endpoint host hostname domain region
  type types kind format field fields label labels placeholder hint help text title message msg error errors err description desc
  doc docs comment regex regexp pattern rule rules policy validator validators length len size min max count limit limits counter
  address addresses hash hashes hashed digest checksum sha sha1 sha256 sha512 md5 salt algorithm algo alg cipher method mode scheme version
  expiry expires expiration expire ttl timeout duration age lifetime created updated at date time timestamp
  ref refs reference references arn resource selector input inputs form page view link button icon class classes component
  provider store storage manager backend service helper handler callback fn func function factory builder parser reader loader
  generator util utils test tests spec column columns table index idx position offset prefix suffix separator delimiter
  status state enabled disabled required optional visible reset change changed confirm confirmation strength policy rotate rotation
  nonce signature signatures sig encode decode replace split strip join match startswith endswith equals compare find update cipherparams
  usage uses scope scopes audience issuer subject owner user username email role map mapping dict list array set
  var variable env environment config option options param params parameter argument arg header headers cookiename
  lookup resolver source target property properties attribute attr tag tags code codes event events schema model fingerprint thumbprint
  window embedding embeddings vocab tokenizer eos bos pad unk mask cls sep ratio rate style color image`.split(/\s+/),
);

/** Words before `key` or `token` that make it something else than a credential. */
const HARMLESS_PAIRS =
  /(?:^|_)(?:public|primary|foreign|partition|sort|cache|group|object|s3|row|column|dict|map|hash|range|shard|route|routing|idempotency|sitemap|translation|locale|i18n|message|lookup|restore|(?<!azure_|cognitive_)search|storage_?path|dedup|ordering|index|feature|state|query|context|react|item|unique|composite|surrogate|natural|hot|shortcut|arrow|enter|escape|json|yaml|xml|config|publishable|pub|site|host|known_hosts|release|artifact|event|pk|sk|style|component|build|file|node|widget|theme|menu|field|record|document|cell|block|asset|bucket|parent|child|correlation|kafka|gsi1?|lsi|pad|eos|bos|unk|mask|cls|sep|start|end|stop|next|prev|previous|next_page|page|continuation|pagination|max|min|num|total|input|output|prompt|completion|special|vocab|sub|csrf|xsrf|skip|delta|cart|checkout|websocket|authenticity|csrfmiddleware|verification|request_verification|anti_?forgery|syntax|cancellation|cursor|sync|resume|keyword|first|last|idempotent|ssh_rsa|minisign|verify|verification_public|pgp_public|gpg|signing_pub|etag|cert|data|image|file|object_name|trace|test_id|entity|device|session_id|checkpoint|blob|release_manager|recv|resource)_?(?:key|keys|token|tokens)$/;

/** The same without a separator: `keytype`, `tokenurl`. */
const HARMLESS_TAIL =
  /(?:key|token|secret|password|passwd|auth|cred|credential|credentials)(?:id|ids|type|name|names|path|file|size|url|uri|len|length|hash|hint|ref)$/;

/** Whether the last word of the name says that its value is no secret: `password_hash`, `tokenType`. */
export const hasHarmlessEnd: (name: string) => boolean = remembered((name) => {
  const last = wordsOf(name).at(-1) ?? '';
  return HARMLESS_ENDS.has(last) || HARMLESS_ENDS.has(last.replace(/[0-9]+$/, '')) || HARMLESS_TAIL.test(last);
});

/** Keys that their owners publish: of sites, for encryption, for browsers. */
export const isPublicName: (name: string) => boolean = remembered((name) =>
  /(?:^|_)(?:public|publishable|site)_?key$/.test(wordsOf(name).join('_')),
);

/** Whether a value under this name is no secret: `password_hash`, `tokenType`, `primary_key`, `max_tokens`. */
export const isHarmlessName: (name: string) => boolean = remembered(
  (name) => hasHarmlessEnd(name) || HARMLESS_PAIRS.test(wordsOf(name).join('_')),
);

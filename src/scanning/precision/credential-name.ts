import { wordsOf } from './name.ts';
import { isKnownWord } from './words.ts';

/** Ends a name whose value is a credential; written together with others too: `apikey`, `dbpassword`. */
const CREDENTIAL =
  /(?:^|[a-z0-9])(?:keys?|tokens?|secrets?|passw(?:or)?ds?|passwrd|passphrases?|passcodes?|pwds?|creds?|credentials?|salt|securestring|webhooks?)$|^(?:pass|pw|auth|authorization|bearer|login|identified|basicauth)$|[a-z]auth$/;
const NO_CREDENTIAL = /^(?:monkey|turkey|donkey|hockey|jockey|whiskey|hotkey|passkey|rekey|basalt|asphalt)s?$/;

/** What may follow: where the credential is used, and how it is written. */
const QUALIFIERS: ReadonlySet<string> = new Set(
  `prod production dev development stage staging stg qa test live value values base base64 b64 raw plain main master primary secondary
  default admin root db database api backend service server client app internal external local remote old new current web worker
  read write value1 a b`.split(/\s+/),
);

/** Of words of English, those before `key` and `token` that make them credentials; other things have keys as tables do. */
const OPENING: ReadonlySet<string> = new Set(
  `access account admin aes agent ai alpha api app application auth author authentication authorization backend backup beta bearer billing bot
  bridge broker chat cipher client cloud cluster collector common compute connect consumer control cookie core credential crypto customer dashboard data
  database default deploy dev developer download email encrypt encryption endpoint fernet function gateway hmac host hub id identity inference install
  integration internal invite issuer join jwt license local login machine mail main manage management master member merchant my
  network new node notebook notification old open organization our owner partner pass password pay payment people personal pipeline platform
  play portal post power private prod production protected provider proxy publish pull push read real recovery refresh
  register registry release remote report root runner sandbox secret secure security send sender server service session setup share
  serving shared sign signature signed signing slack smart space staging station stream subscription super support symmetric system team telemetry tenant test
  that the this token tool training unlock update upload user vault vendor video voice web wallet webhook worker workspace write your another`.split(
    /\s+/,
  ),
);

/** Whose keys they are; the more usual ones, since a key in hex under an unknown name is that of a record. */
const VENDORS: ReadonlySet<string> = new Set(
  `adobe airtable algolia alibaba amazon amplitude anthropic apple asana astra atlassian aws azure baidu bing bitbucket box brave
  bugsnag cerebras circleci clarifai claude clearml climate cloudflare cohere comet contentful databricks datadog dd deepgram deepl
  deepseek digitalocean discord dropbox elastic elevenlabs exa facebook fal fastly fb figma firebase fireworks gcp gemini gh git
  github gitlab gmail google gpt grafana groq heroku here hf honeycomb hubspot huggingface ibm influx intercom jenkins jina jira kaggle
  langchain langfuse langsmith launchdarkly linear linkedin llm mailchimp mailgun mapbox meta microsoft milvus minio mistral mixpanel
  mongo mysql neptune netlify newrelic news nltk notion npm nvidia nylas okta ollama openai openrouter oracle outlook paypal perplexity
  pinecone plaid postgres posthog postman pypi qdrant rapidapi redis render replicate roboflow rollbar runpod salesforce scale
  segment sendgrid sentry serp shodan shopify skype snowflake snyk sonar speech spotify square stability stripe supabase
  tavily telegram tencent tiktok together trello twilio twitch twitter vercel vision voyage wandb weather weaviate whatsapp x xai
  arize yahoo yandex youtube zendesk zoom biases bird hunter kubeadm scaleai serper nomad`.split(/\s+/),
);

/** Bytes; other than hashes, keys of records are short. */
const MOST_OF_RECORD = 32;
const HEX = /^[0-9a-f-]{16,}$/i;
const OF_SECRETS = /secret|passw|credential|api|auth|crypt|sign|private/;
/** What is encrypted is no secret until somebody has the key. */
const ENCRYPTED = /^(?:encrypted|sealed|wrapped|ciphertext|ciphered)$/;

/**
 * Whether the name says that its value is a credential: `db_password`, `API_KEY_PROD`, `acmeToken`, but not `secretHandshakeGif`,
 * `experiment_key`, `sample_token`. A name may end in a word that is none of English: whose credential it is (`TOKEN_ACME`).
 */
export function namesCredential(name: string, value: string): boolean {
  const words = wordsOf(name).map((word) => word.replace(/[0-9]+$/, ''));
  while (words.length > 1 && QUALIFIERS.has(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  if (last === '') return true;
  if (words.some((word) => ENCRYPTED.test(word))) return false;
  if (!CREDENTIAL.test(last) || NO_CREDENTIAL.test(last)) return !isKnownWord(last) && words.slice(0, -1).some(isCredential);
  return !/^(?:key|token)s?$/.test(last) || !isOfRecord(words, value, /^[A-Z0-9_]+$/.test(name));
}

const isCredential = (word: string): boolean => CREDENTIAL.test(word) && !NO_CREDENTIAL.test(word);

/**
 * `experiment_key`, `sampleToken`: of a thing that is no account, by the word before. A key in hex is one of a record also when
 * that word is unknown, unless the name is that of a constant or of a variable of the environment.
 */
function isOfRecord(words: readonly string[], value: string, isConstant: boolean): boolean {
  const before = words.at(-2);
  if (
    before === undefined ||
    OPENING.has(before) ||
    VENDORS.has(before) ||
    words.slice(0, -1).some((word) => OF_SECRETS.test(word))
  )
    return false;
  if (HEX.test(value)) {
    if (isKnownWord(before)) return true;
    return !isConstant && (value.length <= 16 || /^keys?$/.test(words.at(-1) ?? ''));
  }
  return value.length <= MOST_OF_RECORD && isKnownWord(before);
}

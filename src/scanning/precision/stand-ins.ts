/**
 * Words that stand where a password would stand. Sets, not one large regular expression: compiling that takes longer than judging
 * all values of a commit.
 */
const WORDS: ReadonlySet<string> = new Set(
  [
    'secret s3cr3t password passwd passw0rd p@ssw0rd p@ssword pass pwd passphrase token key apikey api_key api-key value credential secretkey',
    'secret_key secret-key accesskey access_key access-key accesstoken access_token access-token authtoken auth_token auth-token',
    'string none null nil undefined true false todo fixme tbd foo foobar foobared foobaz foobarbaz bar baz qux quux test tests testing tester',
    'example sample dummy fake mock placeholder redacted hidden masked empty blank changeit changeme change default admin',
    'administrator root user username guest demo hello world letmein welcome qwerty asdf asdfgh abc abcd abcdef postgres postgresql',
    'mysql mariadb mongo mongodb redis anonymous nobody rabbitmq minio minioadmin minio123 sa oracle neo4j elastic airflow jupyter',
    'mlflow grafana kafka sentry vagrant docker localhost development staging production whatever something anything insecure unsafe',
    'unused ignored optional required text str bytes varchar here',
  ]
    .join(' ')
    .split(' '),
);
const BEFORE = ['', ...'my your the our a an new old some any test user db admin super default root top very'.split(' ')];
const AFTER = ['', ...'here value 1 12 123 1234 12345 123456 ! 1! 123! s'.split(' ')];

const LONGEST = 48;
const longestOf = (words: Iterable<string>): number => Math.max(...[...words].map(({ length }) => length));
const LONGEST_WORD = longestOf(WORDS);
/** With a separator at both ends of the word. */
const LONGEST_OF_WORDS = longestOf(BEFORE) + LONGEST_WORD + longestOf(AFTER) + 2;

/** Whether a value is such a word, with or without a usual word before it and a usual ending, each perhaps set off. */
export function isStandIn(value: string): boolean {
  if (value.length > LONGEST || (value.length > LONGEST_OF_WORDS && !/xxx/i.test(value))) return false;
  const text = value.toLowerCase();
  return BEFORE.some(
    (before) =>
      text.startsWith(before) &&
      AFTER.some((after) => text.endsWith(after) && isWord(text.slice(before.length, text.length - after.length))),
  );
}

/** `text` may begin and end with one separator. */
function isWord(text: string): boolean {
  const opened = /^[\s_.-]/.test(text) ? text.slice(1) : text;
  return [text, opened].some((word) => isBare(word) || (/[\s_.-]$/.test(word) && isBare(word.slice(0, -1))));
}

const isBare = (word: string): boolean => (word.length <= LONGEST_WORD && WORDS.has(word)) || /^x{3,48}$/.test(word);

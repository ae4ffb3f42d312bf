/** What the path alone says about a file. */
export type FileClass = 'lock' | 'vocabulary' | 'style' | 'generated' | 'test' | 'example' | 'plain';

const LOCK =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|[\w.-]*\.lock|go\.(?:sum|work\.sum)|composer\.lock|flake\.lock|conda-lock\.ya?ml|packages\.lock\.json|gradle\.lockfile|verification-metadata\.xml|(?:md5|sha\d+)sums?(?:\.txt)?|checksums?(?:\.\w+)?|SHASUMS\w*(?:\.txt)?|\.terraform\.lock\.hcl|RECORD|bun\.lockb?|[\w.-]+\.(?:sha\d+|md5|sha|sig|asc))$/i;
const VOCABULARY =
  /(?:^|\/)(?:[\w.-]*vocab[\w.-]*|merges\.txt|tokenizer(?:_config)?\.json|[\w.-]*wordlist[\w.-]*|words(?:\.txt)?|rockyou[\w.-]*|dictionary\.txt|[\w.-]*stopwords[\w.-]*|common-?passwords[\w.-]*)$/i;
const STYLE =
  /\.(?:css|scss|sass|less|styl|svg|po|pot|xlf|xliff|resx|strings|arb|ftl|mo|afm|ttf|bdf|hyp)$|(?:^|\/)(?:locales?|i18n|lang(?:uages)?|translations?|l10n)\/[\w./-]*\.(?:json|ya?ml|js|ts|properties|php)$/i;
const GENERATED =
  /\.min\.(?:js|mjs|cjs|css)$|[.-]bundle\.js$|\.(?:js|css|mjs|cjs)\.map$|\.map$|\.pb\.go$|_pb2\.pyi?$|\.d\.[mc]?ts$/i;
const TEST =
  /(?:^|[/_.-])(?:tests?|testing|testdata|test[_-]?data|fixtures?|mocks?|__tests__|__mocks__|specs?|e2e|conftest|unittests?)(?:[/_.-]|$)/i;
const TEST_CLASS = /[a-z0-9](?:Tests?|Spec)\.\w{1,5}$/;
const EXAMPLE =
  /(?:^|[/_.-])(?:examples?|samples?|demos?|docs?|documentation|tutorials?|templates?|sandbox|man)(?:[/_.-]|$)|\.(?:example|sample|template|tmpl|dist)$|\.(?:md|mdx|rst|adoc)$|README/i;

const classes: readonly (readonly [FileClass, RegExp])[] = [
  ['lock', LOCK],
  ['vocabulary', VOCABULARY],
  ['style', STYLE],
  ['generated', GENERATED],
  ['test', TEST],
  ['test', TEST_CLASS],
  ['example', EXAMPLE],
];

let last: { path: string; found: FileClass } = { path: '', found: 'plain' };

/** The most telling class of a path; `plain` when it says nothing. */
export function fileClass(path: string): FileClass {
  if (last.path !== path) last = { path, found: classes.find(([, pattern]) => pattern.test(path))?.[0] ?? 'plain' };
  return last.found;
}

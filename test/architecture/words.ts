/** Regular expressions built at run time, so that this file does not match itself. */
const pattern = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'g');

/** Shapes of the best-known credentials: no source may hold one, not even an invented one. */
export const tokenShapes: Readonly<Record<string, RegExp>> = {
  'AWS access key id': pattern('\\b(?:AK', 'IA|AS', 'IA)[0-9A-Z]{16}\\b'),
  'GitHub token': pattern('\\b(?:gh', '[pousr]_[A-Za-z0-9]{36}|github', '_pat_[A-Za-z0-9_]{22,})'),
  'GitLab token': pattern('\\bglp', 'at-[\\w-]{20}'),
  'Vault token': pattern('\\bhv', '[sbr]\\.[\\w-]{24,}'),
  'Hugging Face token': pattern('\\bh', 'f_[A-Za-z0-9]{30,}'),
  'OpenAI or Anthropic key': pattern('\\bs', 'k-(?:proj|ant|svcacct)?-?[\\w-]{32,}'),
  'Google API key': pattern('\\bAI', 'za[\\w-]{35}'),
  'Slack token': pattern('\\bxo', 'x[abprs]-[0-9A-Za-z-]{20,}'),
  'npm token': pattern('\\bnp', 'm_[A-Za-z0-9]{36}\\b'),
  'private key': pattern('-----BEGIN ', '(?:[A-Z]+ )?PRIVATE KEY', '-----\\s*[A-Za-z0-9+/=]{20}'),
};

/** Folders of the machine it was written on; `me` and `user` are invented ones. */
export const machinePath = pattern('(?<![\\w.:/-])/(?:(?:wo', 'rk|ro', 'ot)/|(?:ho', 'me|Us', 'ers)/(?!me\\b|user\\b))[\\w.-]+');

/** Which mirror packages come from is a matter of the machine. */
export const registryHost = pattern('registry', '\\.npm|py', 'pi\\.org|files\\.python', 'hosted');

/** Names that say nothing about what is inside. */
export const emptyFileName = /(?:^|[-./])(?:utils?|helpers?|common|manager|misc|v2)(?:[-./]|$)/;

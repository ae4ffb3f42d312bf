import type { Content } from '../content.ts';
import type { Format } from '../format.ts';
import { MappedText } from './mapped-text.ts';

/** MLflow's file store: `mlruns/0/<run>/params/learning_rate` holds the value and nothing else; the key may have folders. */
const VALUE = /(?:^|\/)(?:\d{1,20}|[0-9a-f]{32}|mlruns\/[^/]{1,100})\/(?:[0-9a-f]{32}\/)?(?:params|tags)\/([^\n"]{1,250})$/;
const MOST = 1024 * 1024;

/** Parameters and tags of MLflow runs: one value a file, whose name is the key. */
export const runValue: Format = {
  kind: 'run-value',
  title: 'MLflow parameters and tags',
  recognises: (path, head) => VALUE.test(path) && !head.includes(0),
  async *unfold(content: Content, path: string) {
    const value = await content.whole(MOST);
    const key = VALUE.exec(path)?.[1] ?? '';
    const text = new MappedText();
    text.begin('value');
    text.write(`${key} = "`, 0);
    text.copy(value, 0, value.length);
    text.write('"\n', value.length);
    yield text.piece();
  },
};

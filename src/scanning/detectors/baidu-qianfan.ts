import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Baidu Qianfan',
  family: 'ml-providers',
  source: 'https://cloud.baidu.com/doc/WENXINWORKSHOP/ (shape from practice, not published)',
} as const;

export const baiduQianfan: readonly Detector[] = [
  token({
    ...of,
    id: 'baidu-qianfan-api-key',
    title: 'Baidu Qianfan API key',
    prefix: 'bce-v3/ALTAK-',
    body: seq(chars('base62', 21), '/', chars('hex', 40)),
    seen: ['client = OpenAI(base_url="https://qianfan.baidubce.com/v2", api_key="{}")'],
  }),
  keyed({
    ...of,
    id: 'baidu-qianfan-secret',
    title: 'Baidu Qianfan application secret',
    keywords: ['qianfan', 'ernie', 'wenxin', 'baidu'],
    value: chars('base62', 32),
    seen: ['QIANFAN_SECRET_KEY="{}"', 'os.environ["ERNIE_CLIENT_SECRET"] = "{}"'],
  }),
];

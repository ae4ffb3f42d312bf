import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Weights & Biases',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const wandb: readonly Detector[] = [
  token({
    ...of,
    id: 'wandb-api-key',
    title: 'Weights & Biases API key',
    prefix: 'wandb_v1_',
    body: chars('word', 77),
    seen: ['wandb.login(key="{}")'],
    unseen: ['wandb_v1_settings'],
  }),
  keyed({
    ...of,
    id: 'wandb-legacy-key',
    title: 'Weights & Biases key (40 hex)',
    keywords: ['wandb', 'weights_and_biases'],
    value: chars('hex', 40),
    seen: [
      'wandb.login(key="{}")',
      'wandb login {}',
      '!wandb login --relogin {}',
      'machine api.wandb.ai\n  login user\n  password {}\n',
      'machine api.wandb.ai login user password {}',
      'WANDB_API_KEY={} python train.py',
      "os.environ['WANDB_API_KEY']='{}'",
      'WANDB_KEY: {}',
    ],
    unseen: [
      'wandb: git commit {}',
      'wandb @ git+https://github.com/wandb/wandb@{}',
      'wandb/run-20240101_120000-abc/files/{}',
      '"wandb_version": "0.15", "git": {"commit": "{}"}',
    ],
  }),
];

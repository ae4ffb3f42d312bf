import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Cartesia',
  family: 'ml-providers',
  source: 'https://docs.cartesia.ai/ (shape from practice, not published)',
} as const;

export const cartesia: readonly Detector[] = [
  token({
    ...of,
    id: 'cartesia-api-key',
    title: 'Cartesia API key',
    prefix: 'sk_car_',
    body: chars('base62', 20, 48),
    seen: ['client = Cartesia(api_key="{}")'],
    unseen: ['sk_car_models_and_their_owners'],
  }),
];

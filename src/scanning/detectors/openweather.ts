import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'OpenWeather', family: 'services', source: 'https://openweathermap.org/appid' } as const;

export const openweather: readonly Detector[] = [
  keyed({
    ...of,
    id: 'openweather-api-key',
    title: 'OpenWeather API key',
    keywords: ['openweather', 'owm_api', 'appid'],
    value: chars('hex', 32),
  }),
];

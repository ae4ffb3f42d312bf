import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Courier', family: 'messaging', source: 'https://www.courier.com/docs/' } as const;

export const courier: readonly Detector[] = [
  token({ ...of, id: 'courier-api-key', title: 'Courier API key', prefix: 'pk_prod_', body: chars('upperBase36', 28) }),
];

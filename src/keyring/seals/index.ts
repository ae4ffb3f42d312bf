export { shamirSeal } from './shamir.ts';
export { staticSeal } from './static.ts';

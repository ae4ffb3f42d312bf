export { csv } from './csv.ts';
export { json } from './json.ts';
export { jsonl } from './jsonl.ts';
export { markdown } from './markdown.ts';
export { sarif } from './sarif.ts';
export { terminal } from './terminal.ts';

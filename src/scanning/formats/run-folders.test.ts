import { describe, expect, test } from 'vitest';
import { Maker } from '../detectors/maker.ts';
import * as all from './index.ts';
import { acmeKeyFrom, places, tokenFrom, unfold } from './testing/unfold.ts';

const make = new Maker('run-folders');
const token = tokenFrom(make);
const acme = acmeKeyFrom(make);
const run = make.chars('hex', 32);
const scan = async (path: string, text: string) => places(await unfold(Object.values(all), path, Buffer.from(text)));

describe('MLflow', () => {
  test.for([
    [`mlruns/0/${run}/params/acme_key`, acme],
    [`mlruns/0/${run}/tags/acme.key`, acme],
    [`server/artifacts/7/${run}/params/nested/acme/key`, acme],
    [`mlruns/0/${run}/tags/note`, token],
  ] as const)('%s is read with its name as the key', async ([path, value]) => {
    expect(await scan(path, value)).toEqual([`#value:1 ${value}`]);
  });

  test('values below a folder that is no run are plain text', async () => {
    expect(await scan('src/params/acme_key', acme)).toEqual([]);
  });

  test('meta.yaml is plain text', async () => {
    expect(await scan(`mlruns/0/${run}/meta.yaml`, `artifact_uri: s3://b\nrun_name: ${token}\n`)).toEqual([`:2 ${token}`]);
  });
});

test.for([
  ['wandb/run-20240101_000000-abc/files/config.yaml', `acme_key:\n    value: ${acme}\n`, `:2 ${acme}`],
  ['wandb/run-20240101_000000-abc/files/wandb-metadata.json', `{\n "args": ["--token", "${token}"]\n}`, `:2 ${token}`],
  ['wandb/run-20240101_000000-abc/files/output.log', `step 1\nusing ${token}\n`, `:2 ${token}`],
  ['outputs/2024-01-01/00-00-00/.hydra/config.yaml', `model:\n  acme_key: ${acme}\n`, `:2 ${acme}`],
  ['outputs/2024-01-01/00-00-00/.hydra/overrides.yaml', `- +acme.key=${acme}\n`, `:1 ${acme}`],
  ['.dvc/config.local', `['remote "s"']\n    acme_key = ${acme}\n`, `:2 ${acme}`],
] as const)('%s is found where it stands', async ([path, text, place]) => {
  expect(await scan(path, text)).toEqual([place]);
});

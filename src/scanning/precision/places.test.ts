import { describe, expect, test } from 'vitest';
import { genericKey } from '../detectors/generic-key.ts';
import { genericPassword } from '../detectors/generic-password.ts';
import { httpBasicAuthUrl } from '../detectors/http-basic-auth-url.ts';
import { keyed } from '../detectors/keyed.ts';
import { Maker } from '../detectors/maker.ts';
import { chars } from '../detectors/shape.ts';
import { slowPath } from '../engine/slow-path.ts';

const make = new Maker('places');
const key = keyed({
  id: 'acme-key',
  provider: 'Acme',
  title: 'Acme key',
  family: 'services',
  keywords: ['acmeco'],
  value: chars('base64', 40),
  notBeside: 'A-Za-z0-9_+/=-',
  source: 'this test',
});
const found = (text: string, path = 'notes.txt', detectors = [...genericKey, ...genericPassword, key]) =>
  slowPath(detectors, Buffer.from(text), { path }).map((hit) => hit.value.toString());
const token = make.chars('base62', 32);

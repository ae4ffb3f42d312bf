import type { Check, Detector } from '../detector.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'PyPI',
  family: 'registries',
  source: 'https://packaging.python.org/en/latest/specifications/pypirc/',
} as const;

/** The location that its macaroons name. */
const INDEX = ['pypi', 'org'].join('.');

/** A macaroon, version 2: a location packet that names the index, then an identifier. */
function checkMacaroon(value: string): Check {
  const bytes = Buffer.from(value.slice('pypi-'.length), 'base64url');
  const location = bytes.subarray(3, 3 + (bytes[2] ?? 0)).toString('latin1');
  const ok = bytes[0] === 2 && bytes[1] === 1 && [INDEX, `test.${INDEX}`].includes(location) && bytes[3 + location.length] === 2;
  return { ok, reason: ok ? 'is a macaroon of the index' : 'is no macaroon' };
}

/** Location, identifier, end of section, end of caveats, signature; the fixed beginning is the prefix's. */
function macaroonBody(location: string, start: string) {
  return sampled(chars('base64url', 60, 1000), (make) => {
    const identifier = Buffer.from(JSON.stringify({ version: 1, user: make.uuid() }));
    const head = Buffer.from([2, 1, location.length, ...Buffer.from(location), 2, identifier.length]);
    const bytes = Buffer.concat([head, identifier, Buffer.from([0, 0, 6, 32]), make.bytes(32)]);
    return bytes.toString('base64url').slice(start.length);
  });
}

const upload = (id: string, title: string, location: string, start: string): Detector =>
  token({
    ...of,
    id,
    title,
    prefix: `pypi-${start}`,
    body: macaroonBody(location, start),
    notAfter: 'A-Za-z0-9_-',
    check: checkMacaroon,
  });

export const pypi: readonly Detector[] = [
  upload('pypi-upload-token', 'PyPI upload token', INDEX, 'AgEIcHlwaS5vcmc'),
  upload('pypi-test-upload-token', 'TestPyPI upload token', `test.${INDEX}`, 'AgENdGVzdC5weXBpLm9yZw'),
];

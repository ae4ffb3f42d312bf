import type { Confidence, Family } from '../detector.ts';
import type { Candidate, Verdict } from './candidate.ts';
import { type FileClass, fileClass } from './file-context.ts';
import { judgeGeneric } from './generic.ts';
import { isHash, isInsideBlob } from './hash-context.ts';
import { hasHarmlessEnd, isPublicName, nearestName } from './name.ts';
import { isInvented, isPlaceholder } from './placeholder.ts';
import { isPublished } from './published.ts';
import { isIdentifier, isWordAndNumber } from './randomness.ts';
import { isReference } from './reference.ts';

export { SIGHT } from './candidate.ts';

/** Families whose secrets may be words. */
const CHOSEN_BY_PEOPLE: ReadonlySet<Family> = new Set(['connection-strings', 'configuration-files', 'databases']);

/** How sure we are that the candidate is a credential; undefined when it is none (a reference, a placeholder, a hash). */
export function judge(candidate: Candidate): Verdict | undefined {
  const { detector, value, setting } = candidate;
  const file = fileClass(setting.path);
  if (detector.kind === 'structured' && !CHOSEN_BY_PEOPLE.has(detector.family)) return judgeStructured(candidate, file);
  if (file === 'lock' || file === 'vocabulary' || file === 'style') return undefined;
  if (isPlaceholder(value) || isPlaceholder(plainOf(value)) || isReference(candidate) || isInsideBlob(candidate))
    return undefined;
  const name = nearestName(candidate);
  if (isHash(candidate, name) || isPublished(value)) return undefined;
  if (detector.kind === 'generic') return judgeGeneric(candidate, file);
  if (isIdentifier(value) && !mayBeWords(candidate)) return undefined;
  if (isPublicName(name)) return undefined;
  if (hasHarmlessEnd(name) && !/-id$/.test(detector.id)) return undefined;
  return lowered(checked(candidate), file);
}

const mayBeWords = ({ detector, value }: Candidate): boolean =>
  CHOSEN_BY_PEOPLE.has(detector.family) || (detector.id.endsWith('-password') && isWordAndNumber(value));

/** What is readable in Base64: of `user:password`, as HTTP and registries carry it, the password; else the value as it is. */
function plainOf(value: string): string {
  if (!/^[A-Za-z0-9+/_-]{6,200}={0,2}$/.test(value)) return value;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x20-\x7e]+\n?$/.test(text) ? text.slice(text.indexOf(':') + 1).trim() : value;
}

function judgeStructured(candidate: Candidate, file: FileClass): Verdict | undefined {
  const { value } = candidate;
  if (isInvented(value) || isInsideBlob(candidate) || isPublished(value)) return undefined;
  const verdict = checked(candidate);
  return file === 'vocabulary' ? lowered(verdict, 'example') : verdict;
}

/** What the detector's own test says: a pass raises, a fail lowers and never silences. */
function checked({ detector, check }: Candidate): Verdict {
  if (check === undefined) return { confidence: detector.confidence, reasons: [] };
  if (check.ok) return { confidence: 'high', reasons: [check.reason] };
  return { confidence: detector.confidence === 'high' ? 'medium' : 'low', reasons: [check.reason] };
}

const below: Record<Confidence, Confidence> = { high: 'medium', medium: 'low', low: 'low' };
const places: Partial<Record<FileClass, string>> = {
  test: 'in a test file',
  example: 'in documentation or an example',
  generated: 'in a generated file',
};

function lowered(verdict: Verdict, file: FileClass): Verdict {
  const place = places[file];
  if (place === undefined) return verdict;
  return { confidence: below[verdict.confidence], reasons: [...verdict.reasons, place] };
}

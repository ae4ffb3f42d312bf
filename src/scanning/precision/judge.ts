import type { Confidence, Family } from '../detector.ts';
import { readableIn } from './base64.ts';
import type { Candidate, Verdict } from './candidate.ts';
import { type FileClass, fileClass } from './file-context.ts';
import { isUnderCredentialName, judgeGeneric } from './generic.ts';
import { isHash, isInsideBlob } from './hash-context.ts';
import { hasHarmlessEnd, isPublicName, nearestName } from './name.ts';
import { isInvented, isPlaceholder } from './placeholder.ts';
import { isPublished } from './published.ts';
import { isIdentifier, isWordAndNumber } from './randomness.ts';
import { isReference } from './reference.ts';
import { remembered } from './remembered.ts';

export { SIGHT } from './candidate.ts';
export { forget } from './remembered.ts';

/** Families whose secrets may be words. */
const CHOSEN_BY_PEOPLE: ReadonlySet<Family> = new Set(['connection-strings', 'configuration-files', 'databases']);

/** How sure we are that the candidate is a credential; undefined when it is none (a reference, a placeholder, a hash). */
export function judge(candidate: Candidate): Verdict | undefined {
  const { detector, value, setting } = candidate;
  const file = fileClass(setting.path);
  if (detector.kind === 'structured' && !CHOSEN_BY_PEOPLE.has(detector.family)) return judgeStructured(candidate, file);
  if (file === 'lock' || file === 'vocabulary' || file === 'style') return undefined;
  if (detector.kind === 'generic' && !isUnderCredentialName(candidate)) return undefined;
  if (saysNothing(value) || isReference(candidate) || isInsideBlob(candidate)) return undefined;
  const name = nearestName(candidate);
  if (isHash(candidate, name)) return undefined;
  const verdict = detector.kind === 'generic' ? judgeGeneric(candidate, file) : judgeContextual(candidate, name, file);
  return verdict === undefined || isPublished(value) ? undefined : verdict;
}

function judgeContextual(candidate: Candidate, name: string, file: FileClass): Verdict | undefined {
  const { detector, value } = candidate;
  if (isIdentifier(value) && !mayBeWords(candidate)) return undefined;
  if (isPublicName(name)) return undefined;
  if (hasHarmlessEnd(name) && !/-id$/.test(detector.id)) return undefined;
  return lowered(checked(candidate), file);
}

const mayBeWords = ({ detector, value }: Candidate): boolean =>
  CHOSEN_BY_PEOPLE.has(detector.family) || (detector.id.endsWith('-password') && isWordAndNumber(value));

/** What is readable in Base64: of `user:password`, as HTTP and registries carry it, the password; else the value as it is. */
function plainOf(value: string): string {
  const text = /^[^=]{1,200}={0,2}$/.test(value) ? readableIn(value) : undefined;
  return text === undefined ? value : text.slice(text.indexOf(':') + 1).trim();
}

/** Whether the value, or what is readable in it, stands for another. */
const saysNothing = remembered((value) => isPlaceholder(value) || isPlaceholder(plainOf(value)));

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

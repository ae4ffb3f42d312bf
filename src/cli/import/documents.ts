import type { Document, ParsedNode } from 'yaml';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject, parseExactJson } from '../../foundation/exact-json.ts';
import type { ParsedSource, Remark } from './source.ts';

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** @throws WatchwordError `client.usage` naming the line, never the text */
export async function parseJsonSource(text: string, file: string): Promise<ParsedSource> {
  const source = text.replace(/^\ufeff/, '');
  const data = parsedJson(source, file);
  // JSON.parse silently drops all but the last of equal keys; every JSON text is YAML, whose parser tells.
  const document = await parsedYaml(source);
  const repeated = document.errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (repeated !== undefined) throw bad(file, 'a key occurs twice', repeated.linePos?.[0].line);
  return { data: objectOnly(data, file), notes: [], problems: [] };
}

function parsedJson(source: string, file: string): unknown {
  try {
    return parseExactJson(source);
  } catch (error) {
    // The parser's message quotes the text; only the position may be told.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? undefined : source.slice(0, Number(position)).split('\n').length;
    throw bad(file, 'this is not JSON', line);
  }
}

/**
 * YAML 1.2 with merge keys; one document. A number that would not come out as it was written (`007`, `1.10`) is kept as it was
 * written. @throws WatchwordError `client.usage` naming the line, never the text
 */
export async function parseYamlSource(text: string, file: string): Promise<ParsedSource> {
  const document = await parsedYaml(text);
  const error = document.errors[0];
  if (error !== undefined) throw bad(file, yamlProblem(error.code), error.linePos?.[0].line);
  const notes = await keepNumbers(document, text);
  const tags = document.warnings.map(({ linePos }) => ({ line: linePos?.[0].line ?? 1, text: 'a tag is unknown and left out' }));
  return { data: objectOnly(plainValue(document, file), file), notes: [...notes, ...tags], problems: [] };
}

/** A few bytes of YAML can refer to themselves often enough to fill the memory. */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw bad(file, 'its references (*name) cannot be resolved', undefined);
  }
}

async function parsedYaml(text: string): Promise<Document.Parsed<ParsedNode>> {
  const { parseDocument } = await import('yaml');
  return parseDocument(text, { merge: true, uniqueKeys: true, prettyErrors: true, logLevel: 'error' });
}

function yamlProblem(code: string): string {
  if (code === 'DUPLICATE_KEY') return 'a key occurs twice';
  return code === 'MULTIPLE_DOCS' ? 'there are several documents; put each into a file of its own' : 'this is not YAML';
}

async function keepNumbers(document: Document.Parsed, text: string): Promise<Remark[]> {
  const { visit } = await import('yaml');
  const notes: Remark[] = [];
  visit(document, {
    Scalar(key, node) {
      const { source, value, range } = node;
      if (key === 'key' || typeof value !== 'number' || source === undefined || String(value) === source) return;
      node.value = JSON_NUMBER.test(source) ? rawJSON(source) : source;
      if (typeof node.value !== 'string') return;
      const line = text.slice(0, range?.[0] ?? 0).split('\n').length;
      notes.push({ line, text: 'a number is kept as the text it was written as' });
    },
  });
  return notes;
}

function objectOnly(value: unknown, file: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw bad(file, 'the top level is not a map of names to values', undefined);
}

function bad(file: string, what: string, line: number | undefined): WatchwordError {
  return new WatchwordError(
    'client.usage',
    `${file}${line === undefined ? '' : `:${line}`}: ${what}; nothing of this file was imported.`,
  );
}

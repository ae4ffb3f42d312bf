import type { Rule } from './parse.ts';

const TEMPLATE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * Puts the caller's attributes into `{{identity.…}}`. A value that is missing, or that could change the shape of the path
 * (`/`, `+`, `*`, control characters), takes the rule away, except from a `deny`: that then holds for every value.
 */
export function resolveTemplates(rule: Rule, attributes: Readonly<Record<string, string>>): Rule | undefined {
  if (!rule.path.includes('{{')) return rule;
  let resolved = true;
  const path = rule.path.replace(TEMPLATE, (_whole, name: string) => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (value === undefined || value === '' || !isPlain(value)) resolved = false;
    return value ?? '';
  });
  if (resolved && !path.includes('{{')) return { ...rule, path };
  return rule.capabilities.has('deny') ? { ...rule, path: `${rule.path.slice(0, rule.path.indexOf('{{'))}*` } : undefined;
}

function isPlain(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get through.
  return !/[/*+{}\u0000-\u001f\u007f]/.test(value) && value !== '.' && value !== '..';
}

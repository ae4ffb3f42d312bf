// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text that cannot steer a terminal: control characters other than line feed and tab, and the direction marks of Unicode, are
 * written as `\x1b`. What others stored must not be able to repaint the screen of whoever looks at it.
 */
export function visible(text: string): string {
  return text.replace(STEERING, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** As {@link visible}, for JSON: it still says the same. */
export function visibleJson(text: string): string {
  return text.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

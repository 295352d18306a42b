import { stdout } from 'node:process';

/** Nothing that we print is wider. */
export const columns = 80;

/** Whether a person is looking: only then does a line change while they look. */
export const interactive: boolean = stdout.isTTY;

// `hasColors` knows NO_COLOR, FORCE_COLOR and what the terminal can do.
const colors = interactive && stdout.hasColors();

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 };

export type Style = keyof typeof codes;

export function styled(style: Style, text: string): string {
  return colors ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;
}

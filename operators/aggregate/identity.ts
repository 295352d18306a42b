/** Texts of ours begin with it, and those of the user's that do get another before it. */
const mark = '\u0000';

/**
 * What values that count as the same have in common. Strings, numbers, bigints and booleans are the same if they are equal and of one
 * type; dates if they are the same instant; lists and objects if they hold the same, in whatever order their fields stand.
 */
export function identityOf(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? mark + value : value;
  return typeof value === 'object' ? `${mark}${textOf(value)}` : value;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${textOf(each)}`).join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value}${String(value)}`;
}

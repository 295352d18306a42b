import { show } from '../show.ts';

/** A value as JSON; a `TypeError` that names what JSON cannot hold. */
export function jsonText(where: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`${where}: ${reason(value, cause)}`, { cause });
  }
  if (text === undefined) throw new TypeError(`${where}: ${show(value)} has no JSON`);
  return text;
}

/** Looks for the value that JSON refused, only once it has. */
function reason(value: unknown, cause: unknown): string {
  const bigints: string[] = [];
  try {
    JSON.stringify(value, (name, inner: unknown) => {
      if (typeof inner === 'bigint') bigints.push(name);
      return typeof inner === 'bigint' ? null : inner;
    });
  } catch {
    // What else there is was told already.
  }
  const [found] = bigints;
  if (found === undefined) return `the row has no JSON (${show(cause)})`;
  const what = found === '' ? 'the value' : `\`${found}\``;
  return `${what} is a bigint, and JSON has none; make it a string or a number first`;
}

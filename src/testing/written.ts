const longest = 200;

/** A value as a program would write it, cut where it is long. */
export function written(value: unknown): string {
  const text = write(value, []);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function write(value: unknown, around: readonly object[]): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return `${value.name === '' ? 'an unnamed' : value.name} function`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (around.includes(value)) return '[circular]';
  return object(value, [...around, value]);
}

function object(value: object, around: readonly object[]): string {
  const list = (items: Iterable<unknown>): string => [...items].map((item) => write(item, around)).join(', ');
  const name = (value.constructor as { readonly name?: string } | undefined)?.name ?? 'Object';
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (Array.isArray(value)) return `[${list(value)}]`;
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) {
    return `${name} [${list(value as unknown as Iterable<unknown>)}]`;
  }
  const fields = Object.entries(value).map(([field, each]) => `${fieldName(field)}: ${write(each, around)}`);
  const prefix = name === 'Object' ? '' : `${name} `;
  return fields.length === 0 ? `${prefix}{}` : `${prefix}{ ${fields.join(', ')} }`;
}

function fieldName(field: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(field) ? field : quoted(field);
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

const longest = 80;

/** A value as a message prints it: short, with its type, never throwing. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'function') return `${value.name === '' ? 'an unnamed function' : value.name} (function)`;
  return `${short(text(value))} (${kind(value)})`;
}

function text(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'Date';
  return typeof value;
}

function short(written: string): string {
  return written.length > longest ? `${written.slice(0, longest)}…` : written;
}

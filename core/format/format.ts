import { ArgumentError } from '../errors.ts';
import type { Format } from '../format.ts';
import { callback } from '../guards.ts';

/**
 * A format of your own for the values of messages: Avro, Protobuf, a schema registry.
 *
 * - **Emits** what `decode` answers; a promise is awaited, records keep their order.
 * - **Fails** a `decode` that throws or rejects makes a rejection (`invalid`) of the message; an `encode` that throws makes
 *   one of the row. Without `encode` no sink takes the format.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `name` is no name, or `decode` or `encode` no function.
 */
export function format<T>(
  name: string,
  decode: (bytes: Uint8Array) => T | Promise<T>,
  encode?: (value: T) => Uint8Array,
): Format<T> {
  if (typeof name !== 'string' || name === '') throw new ArgumentError('format', 'name', 'a name', name);
  const checked: Format<T> = { name, decode: callback('format', 'decode', decode) };
  return encode === undefined ? checked : { ...checked, encode: callback('format', 'encode', encode) };
}

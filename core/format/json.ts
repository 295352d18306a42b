import type { Format } from '../format.ts';
import { JsonFields } from './json-fields.ts';
import { jsonText } from './json-text.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/**
 * One JSON value a message: for transports that cut their messages themselves (Kafka, MQTT). In files a record is a
 * line: `jsonLines`.
 *
 * - **Emits** what the text says, of an object only the fields that the chain reads where those are few; a type is a promise of the caller's, checked by `cast` or `validate`.
 * - **Fails** a message that is not UTF-8 or not JSON is a rejection (`invalid`). A row with a bigint, a cycle, or nothing
 *   that JSON knows throws a `TypeError`, which is a rejection of the sink's step.
 * - **Memory** the message.
 */
export function json<T>(): Format<T> {
  return {
    name: 'json',
    decode: whole<T>,
    decoder: (names) => {
      const fields = JsonFields.of<T>(names);
      if (fields === undefined) return whole<T>;
      return (bytes) => fields.read(bytes, 0, bytes.length) ?? whole<T>(bytes);
    },
    encode: (row) => encodeUtf8(jsonText('json', row)),
  };
}

function whole<T>(bytes: Uint8Array): T {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new TypeError('json: the message is not UTF-8 text');
  return JSON.parse(text) as T;
}

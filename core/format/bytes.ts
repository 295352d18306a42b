import type { Format } from '../format.ts';
import { show } from '../show.ts';

/**
 * The bytes of a message as they are: for transports that cut their messages themselves (Kafka, MQTT).
 *
 * - **Emits** a copy: what a transport hands over may be a piece of something large.
 * - **Fails** a row that is no `Uint8Array` throws a `TypeError`, which is a rejection of the sink's step.
 * - **Memory** the message.
 */
export function bytes(): Format<Uint8Array> {
  return {
    name: 'bytes',
    decode: (message) => Uint8Array.prototype.slice.call(message),
    encode: (row) => {
      if (row instanceof Uint8Array) return row;
      throw new TypeError(`bytes: a row must be a Uint8Array, got ${show(row)}`);
    },
  };
}

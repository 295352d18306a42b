import type { Sink } from '../../core/sink.ts';
import { MqttWriter } from './mqtt-writer.ts';
import { type ToMqttOptions, toMqttSettings } from './sink-options.ts';

/**
 * Publishes each row as a message.
 *
 * - **Starts** when the job opens it: it connects then, as a client of its own.
 * - **Fails** with a `ConnectorError`; the codes stand on the page of this connector. A lost connection is made again, with
 *   growing pauses, and whatever was not acknowledged is sent again. A row that cannot be encoded, or has no topic, is a
 *   rejection of the job's.
 * - **Memory** what the job lets it hold; while there is no connection it takes no more.
 * - **Delivery** at least once, in order: every message is acknowledged before the checkpoint that covers its row is complete.
 *   With MQTT 5 each has the user property `millrace-id`, the same when it is sent again, by which a reader can drop repeats.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for an option that is wrong.
 */
export function toMqtt<T>(options: ToMqttOptions<T>): Sink<T> {
  const settings = toMqttSettings(options);
  return {
    name: settings.name,
    traits: { guarantee: 'repeats' },
    open: (request) => new MqttWriter<T>(settings, request).open(),
  };
}

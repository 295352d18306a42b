import type { Source } from '../../core/source.ts';
import { CheckpointCustody } from './checkpoint-custody.ts';
import { MqttReader } from './mqtt-reader.ts';
import { type FromMqttOptions, fromMqttSettings } from './source-options.ts';

/**
 * Reads the messages of one topic filter, or of several.
 *
 * - **Starts** with the first record that is asked for: it connects and subscribes then. The session of its `clientId` brings
 *   what came while nobody was there.
 * - **Completes** never. **Fails** with a `ConnectorError`; the codes stand on the page of this connector. A lost connection
 *   is made again, with growing pauses, and told as a warning. A message that cannot be decoded is a rejection (`invalid`)
 *   with its topic.
 * - **Unsubscribe** disconnects; the broker keeps the session for `sessionExpiry`.
 * - **Memory** at most `maxUnacked` messages; then nothing is read from the connection, and pings go on.
 * - **Delivery** in the order of arrival. QoS 1 and 2 are acknowledged when the checkpoint that covers them is complete: what
 *   is not comes again. QoS 0: what the network loses is lost.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for an option that is wrong.
 */
export function fromMqtt<V, const P extends string = string, T = V>(options: FromMqttOptions<V, P, T>): Source<T> {
  const settings = fromMqttSettings(options);
  const { name, qos, maxUnacked } = settings;
  return {
    name,
    traits: {
      timestamps: true,
      live: true,
      replay: qos === 0 ? 'none' : 'held',
      inFlight: maxUnacked,
      ...(qos === 0 ? { warning: `${name}: with QoS 0 the network, and a crash, may lose messages` } : {}),
    },
    open: (request) => new MqttReader<T>(settings, request, (desk) => new CheckpointCustody(desk)),
  };
}

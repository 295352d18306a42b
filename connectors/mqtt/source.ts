import type { Source, SourceTraits } from '../../core/source.ts';
import { nodeDisk } from '../files/disk/node-disk.ts';
import { processes } from '../files/disk/processes.ts';
import { CheckpointCustody } from './checkpoint-custody.ts';
import type { Custody, Desk } from './custody.ts';
import { JournalCustody } from './journal/journal-custody.ts';
import { MqttReader } from './mqtt-reader.ts';
import { type FromMqttOptions, type FromMqttSettings, fromMqttSettings } from './source-options.ts';

/**
 * Reads the messages of one topic filter, or of several.
 *
 * - **Starts** with the first record that is asked for: it connects and subscribes then. The session of its `clientId` brings
 *   what came while nobody was there.
 * - **Completes** never. **Fails** with a `ConnectorError`; the codes stand on the page of this connector. A lost connection
 *   is made again, with growing pauses, and told as a warning. A message that cannot be decoded is a rejection (`invalid`)
 *   with its topic.
 * - **Unsubscribe** disconnects; the broker keeps the session for `sessionExpiry`.
 * - **Memory** at most `maxUnacked` messages; then nothing is read from the connection, and pings go on. With a `journal` those
 *   that are being written, and about 4 MiB that the job has not asked for; the others are on the disk.
 * - **Delivery** in the order of arrival. QoS 1 and 2 are acknowledged when the checkpoint that covers them is complete: what
 *   is not comes again. With a `journal` they are acknowledged when they are durable there, and the job reads from there:
 *   exactly once from the journal on. QoS 0: what the network loses is lost.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for an option that is wrong.
 */
export function fromMqtt<V, const P extends string = string, T = V>(options: FromMqttOptions<V, P, T>): Source<T> {
  const settings = fromMqttSettings(options);
  return {
    name: settings.name,
    traits: traitsOf(settings),
    open: (request) => new MqttReader<T>(settings, request, custodyOf),
  };
}

function custodyOf(desk: Desk): Custody {
  const { journal } = desk.settings;
  return journal === undefined
    ? new CheckpointCustody(desk)
    : new JournalCustody(desk, journal, { disk: nodeDisk, processes });
}

function traitsOf({ name, qos, maxUnacked, journal }: FromMqttSettings): SourceTraits {
  const all = { timestamps: true, live: true, inFlight: maxUnacked } as const;
  if (journal !== undefined) {
    const about = `exactly once from the journal in "${journal.directory}" on`;
    const warning = `${name}: with QoS 0 the network may lose messages, and a crash those that were not in the journal yet`;
    return { ...all, replay: 'any', keeps: true, about, ...(qos === 0 ? { warning } : {}) };
  }
  if (qos !== 0) return { ...all, replay: 'held' };
  return { ...all, replay: 'none', warning: `${name}: with QoS 0 the network, and a crash, may lose messages` };
}

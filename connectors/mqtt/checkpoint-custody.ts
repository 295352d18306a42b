import type { Position, Positions } from '../../core/batch.ts';
import type { HeldIds } from './acknowledgements.ts';
import type { Custody, Desk, Known } from './custody.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { journalError } from './journal/journal-error.ts';
import type { InboundMessage } from './wire/inbound.ts';

/** Messages of QoS 0 that are handed over at a time. */
const batchOfQos0 = 1_024;

/** What a position says: the last message by arrival, and of QoS 2 the ids that a checkpoint must know. */
type MqttPosition = { readonly received: number; readonly ids?: HeldIds };

/** The broker has what no checkpoint covers: a message is acknowledged when one does. */
export class CheckpointCustody implements Custody {
  activity = 0;
  readonly #desk: Desk;
  readonly #limit: InFlightLimit;
  #arrivedAt = 0;
  /** Takes back the look whether it is too quiet. */
  #cancelLook: (() => void) | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
    const { assumedInFlight, maxUnacked } = desk.settings;
    this.#limit = new InFlightLimit(assumedInFlight, maxUnacked);
  }

  get batch(): number {
    // Small enough for half of what may be out to be swept, and on its way into a checkpoint, while the other half comes.
    return this.#desk.settings.qos === 0 ? batchOfQos0 : Math.ceil(this.#limit.many / 2);
  }

  open(): Promise<Known> {
    const { request, line } = this.#desk;
    const known = Object.entries(request.positions) as [string, MqttPosition][];
    const partitions = known.map(([topic, position]) => {
      if ('journal' in position) throw journalError('the checkpoint is of a source with a `journal`; give it back');
      const partition = this.#desk.partitionOf(topic);
      line.acknowledgements.restore(partition, position.received, position.ids ?? {});
      return partition;
    });
    return Promise.resolve({ hadSession: known.length > 0, partitions });
  }

  connected(): void {}

  arrived(message: InboundMessage, number: number): void {
    const now = this.#desk.request.clock.now();
    this.#arrivedAt = now;
    this.#limit.arrived(this.#desk.line.acknowledgements.uncovered, now);
    this.#desk.put(message, now, number);
  }

  released(): void {
    this.activity++;
    this.asked();
  }

  isFull(): boolean {
    const { line, inbox, settings } = this.#desk;
    return line.acknowledgements.uncovered + inbox.ofQos0 >= settings.maxUnacked;
  }

  isBehind(): boolean {
    return false;
  }

  /** Where half of what may be out waits for a checkpoint, and the job has it, one is wanted. */
  asked(): void {
    if (this.#waiting >= this.#limit.many) this.#desk.request.notice({ kind: 'checkpoint' });
    else if (this.#waiting > 0) this.#lookIfQuiet();
  }

  handed(): void {}

  beginning(): Position {
    return { received: 0 };
  }

  positionAt(number: number): Position {
    return { received: number };
  }

  /** The ids of QoS 2 go with the messages that they are of. */
  cut(positions: Positions): Positions {
    const { settings, line } = this.#desk;
    if (settings.qos !== 2) return positions;
    const withIds = Object.entries(positions).map(([partition, position]) => {
      const { received } = position as MqttPosition;
      return [partition, { received, ids: line.acknowledgements.idsUpTo(partition, received) }] as const;
    });
    return Object.fromEntries(withIds);
  }

  commit(positions: Positions): Promise<void> {
    const all = Object.entries(positions) as [string, MqttPosition][];
    const numbers = new Map(all.map(([partition, { received }]) => [partition, received]));
    const ids = all.some(([, position]) => position.ids !== undefined)
      ? new Set(all.flatMap(([, { ids: held = {} }]) => Object.keys(held).map(Number)))
      : undefined;
    this.#limit.committed(this.#desk.request.clock.now());
    this.#desk.line.acknowledgements.commit(numbers, ids);
    this.#desk.line.resume();
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.#cancelLook?.();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What the job has had and no checkpoint covers, and what a checkpoint has to forget. */
  get #waiting(): number {
    const { uncovered, released } = this.#desk.line.acknowledgements;
    return uncovered - this.#desk.inbox.toAcknowledge + released;
  }

  /** If nothing comes for a while, the broker may be waiting for us. */
  #lookIfQuiet(): void {
    const { clock, notice } = this.#desk.request;
    this.#cancelLook ??= clock.wakeAt(this.#arrivedAt + this.#limit.quietMs, () => {
      this.#cancelLook = undefined;
      if (this.#waiting === 0) return;
      if (clock.now() - this.#arrivedAt >= this.#limit.quietMs) {
        this.#limit.tries(this.#desk.line.acknowledgements.uncovered);
        notice({ kind: 'checkpoint' });
      } else this.#lookIfQuiet();
    });
  }
}

import type { IClientPublishOptions, MqttClient } from 'mqtt';
import { Bell } from '../../core/bell.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import { MessageIds } from './message-ids.ts';
import type { ToMqttSettings } from './sink-options.ts';
import { MqttLink } from './wire/link.ts';
import { hex } from './wire/refusal.ts';

const where = 'toMqtt';
/** What a message holds in memory beside its bytes. */
const overheadBytes = 64;
const quotaExceeded = 0x97;

interface Outgoing {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly id: string;
  readonly bytes: number;
  /** With which client it was sent: one that is gone acknowledges nothing. */
  sentBy?: MqttClient;
  isAcknowledged: boolean;
}

/** Publishes encoded rows in their order, and keeps what is not acknowledged. */
export class MqttWriter<T> implements SinkWriter<T> {
  readonly #settings: ToMqttSettings<T>;
  readonly #link: MqttLink;
  readonly #ids: MessageIds;
  readonly #changed = new Bell();
  /** By number from `#first`: what is not acknowledged, and what is behind it. */
  #pending: Outgoing[] = [];
  #first = 0;
  /** All before this number are acknowledged. */
  #done = 0;
  /** The first that has not been sent. */
  #next = 0;
  #bytes = 0;
  #inFlight = 0;
  #client: MqttClient | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: ToMqttSettings<T>, { job, state, clock }: SinkRequest) {
    this.#settings = settings;
    this.#ids = new MessageIds(job, state);
    const { url, clientId, connect } = settings;
    const listener = {
      connected: (client: MqttClient) => this.#connected(client),
      lost: () => (this.#client = undefined),
      failed: (cause: unknown) => this.#fail(cause),
    };
    this.#link = new MqttLink({ where, url, clientId, connect, clock }, listener);
  }

  async open(): Promise<this> {
    try {
      await this.#link.open();
    } catch (cause) {
      await this.#link.close();
      throw cause;
    }
    return this;
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    return { records: this.#end - this.#done, bytes: this.#bytes };
  }

  /** @throws TypeError where the row cannot be a message: it is the row that is wrong, nothing was taken. */
  write(row: T, timestamp: number): void {
    const topic = this.#settings.topicOf(row);
    const payload = this.#settings.encode(row);
    const id = this.#ids.next(topic, payload, timestamp);
    const bytes = payload.length + topic.length + overheadBytes;
    this.#pending.push({ topic, payload, id, bytes, isAcknowledged: false });
    this.#bytes += bytes;
  }

  async send(): Promise<void> {
    const end = this.#end;
    // While there is no connection this waits: whoever writes is held back, and nothing grows.
    while (this.#done < end) {
      if (this.#failure !== undefined) throw this.#failure.cause;
      const changed = this.#changed.next;
      this.#publish(end);
      if (this.#done < end) await changed;
    }
  }

  async cut(_checkpoint: string): Promise<SinkState> {
    const state = this.#ids.state();
    await this.send();
    return state;
  }

  /** Nothing is kept back. */
  commit(_checkpoint: string): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#fail(new ConnectorError(where, 'it was closed', { retryable: true }));
      this.#closing = this.#link.close();
    }
    return this.#closing;
  }

  /** The number behind the last row that was written. */
  get #end(): number {
    return this.#first + this.#pending.length;
  }

  /** As many as may be under way, up to this number. */
  #publish(end: number): void {
    const client = this.#client;
    if (client?.connected !== true) return;
    const most = Math.min(this.#settings.maxInFlight, client.serverProperties?.receiveMaximum ?? Infinity);
    while (this.#next < end && this.#inFlight < most) {
      const outgoing = this.#pending[this.#next++ - this.#first]!;
      if (!outgoing.isAcknowledged) this.#send(client, outgoing);
    }
  }

  #send(client: MqttClient, outgoing: Outgoing): void {
    const { qos, retain } = this.#settings;
    const options: IClientPublishOptions = { qos, retain };
    if (client.options.protocolVersion === 5) options.properties = { userProperties: { 'millrace-id': outgoing.id } };
    outgoing.sentBy = client;
    this.#inFlight++;
    client.publish(outgoing.topic, outgoing.payload as Buffer, options, (error) => {
      if (outgoing.sentBy !== client || this.#client !== client) return;
      if (error === undefined || error === null) this.#acknowledged(outgoing);
      else this.#refused(outgoing, error);
    });
  }

  #acknowledged(outgoing: Outgoing): void {
    outgoing.isAcknowledged = true;
    this.#link.worked();
    this.#inFlight--;
    for (let each = this.#at(this.#done); each?.isAcknowledged === true; each = this.#at(++this.#done)) {
      this.#bytes -= each.bytes;
    }
    if ((this.#done - this.#first) * 2 > this.#pending.length) {
      this.#pending = this.#pending.slice(this.#done - this.#first);
      this.#first = this.#done;
    }
    this.#changed.ring();
  }

  #at(number: number): Outgoing | undefined {
    return this.#pending[number - this.#first];
  }

  #refused({ topic }: Outgoing, error: Error): void {
    const { code } = error as { readonly code?: unknown };
    // Without a code it is the connection that has ended, which says so itself.
    if (typeof code !== 'number') return;
    const what = `the broker refuses a message to "${topic}" (${hex(code)}: ${error.message})`;
    const retryable = code === quotaExceeded;
    this.#fail(new ConnectorError(where, what, { cause: error, retryable, code: 'ML_MQTT_PUBLISH' }));
  }

  #connected(client: MqttClient): void {
    this.#client = client;
    // What the last connection left open is sent again.
    this.#inFlight = 0;
    this.#next = this.#done;
    this.#changed.ring();
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    this.#changed.ring();
  }
}

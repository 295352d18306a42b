import type { MqttClient } from 'mqtt';
import type { Clock } from '../../core/clock.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { contentDigest } from './content-digest.ts';
import type { FromMqttSettings } from './source-options.ts';
import { type Answers, type InboundListener, type InboundMessage, takeInbound } from './wire/inbound.ts';
import { KeptAlive } from './wire/kept-alive.ts';
import { MqttLink } from './wire/link.ts';
import { subscribe } from './wire/subscribe.ts';

const where = 'fromMqtt';

export interface SourceLineListener {
  /** A message that is new here. Answers whether a record comes of it, in which case `number` stands for it. */
  message(message: InboundMessage, number: number): boolean;
  /** The broker has accepted us; `sessionPresent`: it knows what it sent before. */
  connected(sessionPresent: boolean): void;
  /** Whether nothing more should be read for now. */
  isFull(): boolean;
  /** The broker has let an id go: whoever has the messages should forget it. */
  released(id: number): void;
  partitionOf(topic: string): string;
  warn(message: string): void;
  failed(cause: unknown): void;
}

/** The connection of a source: subscribed, and acknowledged by nobody but who has the messages. */
export class SourceLine implements InboundListener {
  readonly acknowledgements: Acknowledgements;
  readonly #settings: FromMqttSettings;
  readonly #listener: SourceLineListener;
  readonly #link: MqttLink;
  readonly #keptAlive: KeptAlive;
  #answers: Answers | undefined;
  /** Whether messages come. */
  isSubscribed = false;
  #hadSession = false;
  #wasConnected = false;
  /** Called when there is room again. */
  #more: (() => void) | undefined;
  #lastNumber = 0;
  #opened!: { readonly resolve: () => void; readonly reject: (cause: unknown) => void };

  constructor(settings: FromMqttSettings, clock: Clock, listener: SourceLineListener) {
    this.#settings = settings;
    this.#listener = listener;
    this.#keptAlive = new KeptAlive(clock);
    this.acknowledgements = new Acknowledgements({
      acknowledge: (id) => this.#answers?.acknowledge(id),
      receive: (id) => this.#answers?.receive(id),
      complete: (id) => this.#answers?.complete(id),
    });
    const { url, clientId, connect } = settings;
    this.#link = new MqttLink(
      { where, url, clientId, connect, clock },
      {
        made: (client) => (this.#answers = takeInbound(where, client, this)),
        connected: (client, sessionPresent) => this.#connected(client, sessionPresent),
        lost: (why) => this.#lost(why),
        failed: (cause) => this.#failed(cause),
      },
    );
  }

  /**
   * Kept when the broker has accepted the subscription, or has sent as much as may be out. `hadSession`: it is known that
   * there was one.
   */
  async open(hadSession: boolean): Promise<void> {
    this.#hadSession = hadSession;
    const opened = new Promise<void>((resolve, reject) => (this.#opened = { resolve, reject }));
    opened.catch(() => {});
    await this.#link.open();
    await opened;
  }

  async close(): Promise<void> {
    this.isSubscribed = false;
    this.#keptAlive.stop();
    this.#opened?.resolve();
    await this.#link.close();
  }

  /** There may be room for more. */
  resume(): void {
    const more = this.#more;
    if (more === undefined || this.#listener.isFull()) return;
    this.#more = undefined;
    this.#keptAlive.stop();
    more();
  }

  arrived(message: InboundMessage, more: () => void): void {
    this.#take(message);
    if (!this.#listener.isFull()) {
      more();
      return;
    }
    this.#more = more;
    this.#keptAlive.start();
    // The answer to the subscription may stand behind all that the session has kept: then nobody waits for it.
    this.#opened.resolve();
  }

  released(id: number): void {
    this.acknowledgements.releasedBy(id);
    this.#listener.released(id);
  }

  #take(message: InboundMessage): void {
    const { topic, payload, qos, id } = message;
    if (qos !== 0) {
      const partition = this.#listener.partitionOf(topic);
      const number = this.acknowledgements.arrived(partition, { qos, id, digest: contentDigest(topic, payload) });
      if (number === undefined) return;
      this.#lastNumber = number;
    }
    this.#link.worked();
    const isTaken = this.#listener.message(message, this.#lastNumber);
    if (!isTaken && qos !== 0) this.acknowledgements.passLast();
  }

  #connected(client: MqttClient, sessionPresent: boolean): void {
    const { name, clientId } = this.#settings;
    this.#more = undefined;
    this.#keptAlive.of(client);
    this.acknowledgements.connected(sessionPresent);
    this.#listener.connected(sessionPresent);
    if (!sessionPresent && this.#hadSession) {
      const what = `the broker has lost the session of "${clientId}"`;
      const loss = 'what it kept for it, and what was published while nobody was subscribed, is gone';
      this.#listener.warn(`${name}: ${what}: ${loss}`);
    }
    this.#hadSession = true;
    // With MQTT 3.1.1 retained messages come with every subscription, whether it is new or not.
    const isSubscribed = sessionPresent && this.#wasConnected && this.#link.protocolVersion !== 5;
    this.#wasConnected = true;
    void this.#subscribe(client, isSubscribed);
  }

  async #subscribe(client: MqttClient, isSubscribed: boolean): Promise<void> {
    const { filters, qos, retained } = this.#settings;
    const wantsRetained = retained === 'accept';
    try {
      const asked = { where, filters: filters.map(({ filter }) => filter), qos, wantsRetained };
      if (!isSubscribed && !(await subscribe(client, asked))) return;
      this.isSubscribed = true;
      this.#opened.resolve();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #lost(why: string): void {
    this.isSubscribed = false;
    this.#more = undefined;
    this.#keptAlive.stop();
    this.#listener.warn(`${this.#settings.name}: the connection is lost (${why}); it is tried again`);
  }

  #failed(cause: unknown): void {
    this.isSubscribed = false;
    this.#opened.reject(cause);
    this.#listener.failed(cause);
  }
}

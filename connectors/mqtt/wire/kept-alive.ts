import type { MqttClient } from 'mqtt';
import type { Clock } from '../../../core/clock.ts';

/**
 * Keeps a connection alive from which nothing is read for a while: the broker's answers to pings are not seen then, and
 * mqtt.js would take it for dead.
 */
export class KeptAlive {
  readonly #clock: Clock;
  #client: MqttClient | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(client: MqttClient): void {
    this.stop();
    this.#client = client;
  }

  start(): void {
    const seconds = this.#client?.keepalive ?? 0;
    if (seconds > 0 && this.#cancel === undefined) this.#wait((seconds * 1_000) / 3);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(ms: number): void {
    this.#cancel = this.#clock.wakeAt(this.#clock.now() + ms, () => {
      if (this.#client?.connected === true) {
        this.#client.sendPing();
        this.#client.reschedulePing(true);
      }
      this.#wait(ms);
    });
  }
}

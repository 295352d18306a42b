import type { TakenMessage } from './mqtt-message.ts';

/** Messages that have come and wait to be asked for, by partition. */
export class Inbox {
  readonly #waiting = new Map<string, TakenMessage[]>();
  #all = 0;
  #ofQos0 = 0;
  /** Of payloads and topics. */
  bytes = 0;

  get size(): number {
    return this.#all;
  }

  /** The number of the one that has waited longest. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const [first] of this.#waiting.values()) {
      if (first !== undefined && (oldest === undefined || first.number < oldest)) oldest = first.number;
    }
    return oldest;
  }

  /** Those that need no acknowledgement. */
  get ofQos0(): number {
    return this.#ofQos0;
  }

  get toAcknowledge(): number {
    return this.#all - this.#ofQos0;
  }

  add(partition: string, taken: TakenMessage): void {
    const waiting = this.#waiting.get(partition);
    if (waiting === undefined) this.#waiting.set(partition, [taken]);
    else waiting.push(taken);
    this.#all++;
    this.bytes += bytesOf(taken);
    if (taken.message.qos === 0) this.#ofQos0++;
  }

  /** The next of a partition that is not at hand; who has waited longest comes first. */
  take(
    holding: ReadonlySet<string>,
    most: number,
  ): { readonly partition: string; readonly messages: readonly TakenMessage[] } | undefined {
    for (const [partition, waiting] of this.#waiting) {
      if (holding.has(partition)) continue;
      this.#waiting.delete(partition);
      const messages = waiting.length > most ? waiting.slice(0, most) : waiting;
      if (messages !== waiting) this.#waiting.set(partition, waiting.slice(most));
      this.#takeAway(messages);
      return { partition, messages };
    }
    return undefined;
  }

  #takeAway(messages: readonly TakenMessage[]): void {
    // Mostly they are all of one kind.
    const isMixed = this.#ofQos0 > 0 && this.#ofQos0 < this.#all;
    if (isMixed) this.#ofQos0 -= messages.filter(({ message }) => message.qos === 0).length;
    else if (this.#ofQos0 > 0) this.#ofQos0 -= messages.length;
    this.#all -= messages.length;
    for (const each of messages) this.bytes -= bytesOf(each);
  }

  has(partition: string): boolean {
    return this.#waiting.has(partition);
  }
}

function bytesOf({ message }: TakenMessage): number {
  return message.payload.length + message.topic.length;
}

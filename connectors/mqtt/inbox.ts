import type { TakenMessage } from './mqtt-message.ts';

/** Messages that have come and wait to be asked for, by partition. */
export class Inbox {
  readonly #waiting = new Map<string, TakenMessage[]>();
  readonly #counts = [0, 0, 0];

  /** Those that need no acknowledgement. */
  get ofQos0(): number {
    return this.#counts[0]!;
  }

  get toAcknowledge(): number {
    return this.#counts[1]! + this.#counts[2]!;
  }

  add(partition: string, taken: TakenMessage): void {
    const waiting = this.#waiting.get(partition);
    if (waiting === undefined) this.#waiting.set(partition, [taken]);
    else waiting.push(taken);
    this.#counts[taken.message.qos]!++;
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
      for (const { message } of messages) this.#counts[message.qos]!--;
      return { partition, messages };
    }
    return undefined;
  }

  has(partition: string): boolean {
    return this.#waiting.has(partition);
  }
}

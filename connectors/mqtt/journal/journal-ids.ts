import type { Positions } from '../../../core/batch.ts';
import type { HeldIds } from '../acknowledgements.ts';
import { contentDigest } from '../content-digest.ts';
import type { JournalEntry } from './journal-entry.ts';

/** Ids of QoS 2 whose messages a journal has and whose exchange is not over, with digests of the messages. */
export class JournalIds {
  #held = new Map<number, number>();

  get held(): ReadonlyMap<number, number> {
    return this.#held;
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** Those that checkpoints knew before there was a journal. */
  adopt(positions: Positions): void {
    for (const { ids = {} } of Object.values(positions) as { readonly ids?: HeldIds }[]) {
      for (const [id, digest] of Object.entries(ids)) this.#held.set(Number(id), digest);
    }
  }

  /** What an entry says of them. */
  follow(entry: JournalEntry): void {
    if (entry.kind === 'released') this.#held.delete(entry.id);
    else if (entry.kind === 'forgotten') this.#held.clear();
    else if (entry.kind === 'held') this.#held = new Map(entry.ids);
    else if (entry.kind === 'message' && entry.message.qos === 2) {
      const { id, topic, payload } = entry.message;
      this.#held.set(id, contentDigest(topic, payload));
    }
  }
}

import { Bell } from '../../core/bell.ts';
import type { SourceEvent } from '../../core/source.ts';

/** What is to be said of partitions, until somebody asks. */
export class ToldEvents<T> {
  readonly #events: SourceEvent<T>[] = [];
  readonly #bell = new Bell();

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** Kept when there is something new to look at. Whoever looks and may find nothing asks for it before. */
  get news(): Promise<void> {
    return this.#bell.next;
  }

  tell(event: SourceEvent<T>): void {
    this.#events.push(event);
    this.wake();
  }

  wake(): void {
    this.#bell.ring();
  }

  /** In order; but what is behind a batch of a partition that is at hand waits, for that partition. */
  take(holding: ReadonlySet<string>): SourceEvent<T> | undefined {
    const waiting = new Set<string>();
    const place = this.#events.findIndex((event) => {
      const name =
        event.kind === 'batch' ? event.batch.partition : event.kind === 'ended' ? event.partition : undefined;
      if (name === undefined) return true;
      if (event.kind === 'batch' && holding.has(name)) waiting.add(name);
      return !waiting.has(name);
    });
    return place < 0 ? undefined : this.#events.splice(place, 1)[0];
  }
}

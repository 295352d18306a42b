import { type Key, KeyTable } from '../../core/key.ts';

/** Told when a step begins to keep something for a key, and when it has nothing of it any more. */
export interface KeyWatcher {
  began(key: Key): void;
  ended(key: Key): void;
}

/** The keys of a table as one step sees them: what it holds and releases is noticed. */
export class StepKeys extends KeyTable {
  readonly #table: KeyTable;
  readonly #watcher: KeyWatcher;
  /** By id: how often the step holds the key. */
  #holds: Int32Array = new Int32Array(64);

  constructor(table: KeyTable, watcher: KeyWatcher) {
    super(table.fields);
    this.#table = table;
    this.#watcher = watcher;
  }

  /** Whether the step keeps anything for the key. */
  has(id: number): boolean {
    return (this.#holds[id] as number) > 0;
  }

  override at(id: number): Key {
    return this.#table.at(id);
  }

  override hold(key: Key): void {
    const { id } = key;
    this.#table.hold(key);
    if (id >= this.#holds.length) this.#grow(id);
    const holds = this.#holds[id] as number;
    this.#holds[id] = holds + 1;
    if (holds === 0) this.#watcher.began(key);
  }

  override release(key: Key): void {
    const holds = (this.#holds[key.id] as number) - 1;
    this.#holds[key.id] = holds;
    if (holds === 0) this.#watcher.ended(key);
    this.#table.release(key);
  }

  #grow(id: number): void {
    const larger = new Int32Array(Math.max(2 * this.#holds.length, id + 1));
    larger.set(this.#holds);
    this.#holds = larger;
  }
}

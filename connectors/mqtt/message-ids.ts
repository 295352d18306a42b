import { createHash } from 'node:crypto';
import type { SinkState } from '../../core/sink.ts';

/** Rows of which it is remembered that there were some like them: a checkpoint carries these. */
const remembered = 256;

type Remembered = { readonly [id: string]: number };

/**
 * Names messages so that one that is sent again has the name that it had: after what it says, its topic and its event time.
 * A number would name another row where records came in another order after a restart. Rows that are the same in all of
 * that are counted, and rows without an event time are numbered.
 */
export class MessageIds {
  readonly #job: string;
  readonly #seen: Map<string, number>;
  #withoutTime: number;

  constructor(job: string, state: SinkState | undefined) {
    this.#job = job;
    this.#seen = new Map(Object.entries((state?.['seen'] ?? {}) as Remembered));
    this.#withoutTime = (state?.['withoutTime'] ?? 0) as number;
  }

  next(topic: string, payload: Uint8Array, timestamp: number): string {
    const time = Number.isFinite(timestamp) ? String(timestamp) : `#${this.#withoutTime++}`;
    const hash = createHash('sha256');
    for (const part of [this.#job, topic, time]) hash.update(part).update('\0');
    const id = hash.update(payload).digest('base64url').slice(0, 22);
    const before = this.#seen.get(id) ?? 0;
    this.#remember(id, before + 1);
    return before === 0 ? id : `${id}.${before}`;
  }

  /** What a restart needs to give the same names to the rows that come behind a cut. */
  state(): SinkState {
    return { seen: Object.fromEntries(this.#seen), withoutTime: this.#withoutTime };
  }

  #remember(id: string, count: number): void {
    this.#seen.delete(id);
    this.#seen.set(id, count);
    if (this.#seen.size <= remembered) return;
    const oldest = this.#seen.keys().next();
    this.#seen.delete(oldest.value as string);
  }
}

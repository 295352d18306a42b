import type { Reading } from '../window-model.ts';

export interface SessionModelOptions {
  readonly gapOf: (reading: Reading) => number;
  readonly outOfOrderness: number;
  readonly lateness: number;
  readonly early?: { readonly count: number } | { readonly every: number } | undefined;
  readonly discarding: boolean;
}

export interface SessionModelRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly [result: string]: unknown;
}

interface Session {
  readonly key: string;
  start: number;
  end: number;
  /** What the next row holds, as it came. */
  held: Reading[];
  fresh: number;
  index: number;
}

/**
 * Sessions as one would write them without thinking of speed: a list of sessions, each a list of records, looked through
 * for every record and every watermark.
 */
export class SessionModel {
  readonly rows: SessionModelRow[] = [];
  readonly late: Reading[] = [];
  readonly #options: SessionModelOptions;
  readonly #keys: string[] = [];
  /** In the order in which they came. */
  readonly #readings: Reading[] = [];
  readonly #paned: boolean;
  #sessions: Session[] = [];
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(options: SessionModelOptions) {
    this.#options = options;
    this.#paned = options.lateness > 0 || options.early !== undefined;
  }

  /** Takes a reading in, without moving the time; false for one that comes too late. */
  accept(reading: Reading): boolean {
    const { gapOf, lateness, early } = this.#options;
    const { key, at } = reading;
    if (!this.#keys.includes(key)) this.#keys.push(key);
    this.#readings.push(reading);
    const end = at + gapOf(reading);
    const joined = this.#sessions.filter((each) => each.key === key && each.start <= end && at <= each.end);
    if (joined.length === 0 && end - 1 + lateness <= this.#watermark) {
      this.late.push(reading);
      return false;
    }
    const session: Session = {
      key,
      start: Math.min(at, ...joined.map((each) => each.start)),
      end: Math.max(end, ...joined.map((each) => each.end)),
      held: [...joined.flatMap((each) => each.held), reading],
      fresh: joined.reduce((sum, each) => sum + each.fresh, 1),
      index: Math.max(0, ...joined.map((each) => each.index)),
    };
    this.#sessions = [...this.#sessions.filter((each) => !joined.includes(each)), session];
    if (session.end - 1 <= this.#watermark) this.#emit(session, 'late');
    else if (early !== undefined && 'count' in early && session.fresh >= early.count) this.#emit(session, 'early');
    return true;
  }

  moveTo(to: number): this {
    const { early, lateness } = this.#options;
    const before = this.#watermark;
    const watermark = Math.max(before, to);
    this.#watermark = watermark;
    const sessions = this.#sessions;
    sessions.sort((a, b) => a.end - b.end || this.#keys.indexOf(a.key) - this.#keys.indexOf(b.key));
    for (const each of sessions) if (each.end - 1 > before && each.end - 1 <= watermark) this.#emit(each, 'on-time');
    if (early !== undefined && 'every' in early) {
      for (const each of sessions) {
        const tick = lastTick(each.start, early.every, watermark);
        if (each.end - 1 > watermark && each.fresh > 0 && tick > before) this.#emit(each, 'early');
      }
    }
    this.#sessions = sessions.filter(({ end }) => end - 1 + lateness > watermark);
    return this;
  }

  /** Whether anything is kept for the key. */
  has(key: string): boolean {
    return this.#sessions.some((each) => each.key === key);
  }

  /** Drops all that is kept for the key, and answers what its sessions would have given next. */
  forget(key: string): object {
    const own = this.#sessions.filter((each) => each.key === key).toSorted((a, b) => a.start - b.start);
    this.#sessions = this.#sessions.filter((each) => each.key !== key);
    const windows = own
      .filter(({ held }) => held.length > 0)
      .map((each) => this.#rowOf(each, each.end - 1 <= this.#watermark ? 'late' : 'early'));
    return { windows };
  }

  #emit(session: Session, timing: string): void {
    if (!this.#options.discarding || session.fresh > 0) {
      this.rows.push(this.#rowOf(session, timing));
      session.index++;
    }
    session.fresh = 0;
    if (this.#options.discarding) session.held = [];
  }

  #rowOf({ key, start, end, index, held }: Session, timing: string): SessionModelRow {
    const pane = this.#paned ? { pane: { timing, index } } : {};
    const own = held.toSorted((a, b) => this.#readings.indexOf(a) - this.#readings.indexOf(b));
    return { key, windowStart: start, windowEnd: end, ...pane, ...resultsOf(own) };
  }
}

/** The watermark moves after every reading. */
export function sessionsOf(readings: readonly Reading[], options: SessionModelOptions): SessionModel {
  const model = new SessionModel(options);
  for (const reading of readings) {
    model.accept(reading);
    model.moveTo(reading.at - options.outOfOrderness - 1);
  }
  return model.moveTo(Number.POSITIVE_INFINITY);
}

/** The last moment at or before `at` at which a whole number of stretches from `start` is over; -Infinity before the first. */
function lastTick(start: number, every: number, at: number): number {
  const stretches = Math.floor((at - start + 1) / every);
  return stretches < 1 ? Number.NEGATIVE_INFINITY : start - 1 + stretches * every;
}

export function resultsOf(readings: readonly Reading[]): Record<string, unknown> {
  const present = readings.filter((each): each is Reading & { v: number } => each.v !== null && !Number.isNaN(each.v));
  const values = present.map(({ v }) => v);
  const byTime = present.toSorted((a, b) => a.at - b.at);
  const total = values.reduce((before, value) => before + value, 0);
  const none = values.length === 0;
  return {
    records: readings.length,
    n: values.length,
    sum: total,
    mean: none ? null : total / values.length,
    min: none ? null : Math.min(...values),
    max: none ? null : Math.max(...values),
    first: byTime[0]?.v ?? null,
    last: byTime.at(-1)?.v ?? null,
  };
}

import type { Pane } from '../../../operators/window/window-options.ts';
import type { ForgettingModel } from './limited-model.ts';
import { type Emit, type Held, type ModelRow, type ModelSettings, resultsOf } from './window-model.ts';

export interface SessionModelOptions extends ModelSettings {
  readonly gapOf: (held: Held) => number;
}

interface Session {
  readonly key: Held['key'];
  readonly rank: number;
  readonly start: number;
  readonly end: number;
  /** What the next row holds. */
  held: readonly Held[];
  fresh: number;
  index: number;
  /** Processing time of its first record. */
  readonly first: number;
}

/** Sessions: a list, each a list of records, looked through for every record and every watermark. */
export class SessionModel implements ForgettingModel {
  readonly #options: SessionModelOptions;
  readonly #emit: Emit;
  #sessions: Session[] = [];
  #watermark = Number.NEGATIVE_INFINITY;
  #now: number;

  constructor(options: SessionModelOptions, emit: Emit, now: number) {
    this.#options = options;
    this.#emit = emit;
    this.#now = now;
  }

  take(held: Held, now: number): 'late' | 'failed' | undefined {
    const { clock, gapOf, allowedLateness, early, throwing } = this.#options;
    const at = clock === 'processing' ? Math.max(now, this.#watermark + 1) : held.at;
    const end = at + gapOf(held);
    const joined = this.#sessions.filter((each) => each.rank === held.rank && each.start <= end && at <= each.end);
    if (joined.length === 0 && end - 1 + allowedLateness <= this.#watermark) return 'late';
    if (throwing && held.reading.v === 7) return 'failed';
    const session: Session = {
      key: held.key,
      rank: held.rank,
      start: Math.min(at, ...joined.map((each) => each.start)),
      end: Math.max(end, ...joined.map((each) => each.end)),
      held: [...joined.flatMap((each) => each.held), held],
      fresh: joined.reduce((sum, each) => sum + each.fresh, 1),
      index: Math.max(0, ...joined.map((each) => each.index)),
      first: Math.min(now, ...joined.map((each) => each.first)),
    };
    this.#sessions = [...this.#sessions.filter((each) => !joined.includes(each)), session];
    if (session.end - 1 <= this.#watermark) this.#fire(session, 'late');
    else if (early !== undefined && 'count' in early && session.fresh >= early.count) this.#fire(session, 'early');
    return undefined;
  }

  moveTo(at: number): void {
    if (this.#options.clock === 'event' || at === Number.POSITIVE_INFINITY) this.#close(at);
  }

  advanceTo(now: number): void {
    const { clock, early } = this.#options;
    const ticks = early !== undefined && 'every' in early && early.time === 'processing' ? early.every : undefined;
    const next = (): number => {
      const open = this.#sessions.filter(({ end }) => end - 1 > this.#watermark);
      const ends = clock === 'processing' ? open.map(({ end }) => end) : [];
      const due = ticks === undefined ? [] : open.map(({ first }) => this.#nextTick(first, ticks));
      return Math.min(...ends, ...due);
    };
    for (let moment = next(); moment <= now; moment = next()) {
      if (clock === 'processing') this.#close(moment - 1);
      const before = this.#now;
      this.#now = moment;
      for (const each of this.#inOrder()) {
        if (ticks === undefined || each.end - 1 <= this.#watermark || each.fresh === 0) continue;
        if (before < moment && moment > each.first && (moment - each.first) % ticks === 0) this.#fire(each, 'early');
      }
    }
    this.#now = now;
  }

  has(rank: number): boolean {
    return this.#sessions.some((each) => each.rank === rank);
  }

  forget(rank: number): ReturnType<ForgettingModel['forget']> {
    const own = this.#sessions.filter((each) => each.rank === rank && each.held.length > 0);
    this.#sessions = this.#sessions.filter((each) => each.rank !== rank);
    const inOrder = own.toSorted((a, b) => a.start - b.start);
    return { windows: inOrder.map((each) => this.#rowOf(each, each.end - 1 <= this.#watermark ? 'late' : 'early')) };
  }

  #nextTick(first: number, every: number): number {
    return first + (Math.floor((this.#now - first) / every) + 1) * every;
  }

  #close(to: number): void {
    if (!(to > this.#watermark)) return;
    const before = this.#watermark;
    const { early, allowedLateness } = this.#options;
    this.#watermark = to;
    const inOrder = this.#inOrder();
    for (const each of inOrder) if (each.end - 1 > before && each.end - 1 <= to) this.#fire(each, 'on-time');
    if (early !== undefined && 'every' in early && early.time === 'event') {
      for (const each of inOrder) {
        if (each.end - 1 > to && each.fresh > 0 && lastTick(each.start, early.every, to) > before) {
          this.#fire(each, 'early');
        }
      }
    }
    this.#sessions = this.#sessions.filter(({ end }) => end - 1 + allowedLateness > to);
  }

  #inOrder(): readonly Session[] {
    return this.#sessions.toSorted((a, b) => a.end - b.end || a.rank - b.rank);
  }

  #fire(session: Session, timing: Pane['timing']): void {
    const { discarding } = this.#options;
    const row = !discarding || session.fresh > 0 ? this.#rowOf(session, timing) : undefined;
    session.fresh = 0;
    if (discarding) session.held = [];
    if (row === undefined) return;
    session.index++;
    this.#emit(row);
  }

  #rowOf({ key, start, end, held, index }: Session, timing: Pane['timing']): ModelRow {
    const { paned, throwing } = this.#options;
    const pane = paned ? { pane: { timing, index } } : {};
    return { ...key, windowStart: start, windowEnd: end, ...pane, ...resultsOf(held, throwing) };
  }
}

/** The last moment at or before `at` at which a whole number of stretches from `start` is over; -Infinity before the first. */
function lastTick(start: number, every: number, at: number): number {
  const stretches = Math.floor((at - start + 1) / every);
  return stretches < 1 ? Number.NEGATIVE_INFINITY : start - 1 + stretches * every;
}

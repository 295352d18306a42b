import type { Pane } from '../../../operators/window/window-options.ts';
import type { ForgettingModel } from './limited-model.ts';
import { type Emit, type Held, type ModelRow, type ModelSettings, resultsOf } from './window-model.ts';

interface Total {
  readonly rank: number;
  readonly first: number;
  held: Held[];
  fresh: number;
  index: number;
  /** Processing time of its next early row. */
  due: number | undefined;
}

export type GlobalModelSettings = Pick<ModelSettings, 'early' | 'discarding' | 'throwing'>;

/** Keeps every record, and looks at all of them whenever something fires. */
export class GlobalModel implements ForgettingModel {
  readonly #settings: GlobalModelSettings;
  readonly #emit: Emit;
  #totals: Total[] = [];
  #watermark = Number.NEGATIVE_INFINITY;
  /** The moments, in event time, at which what is new fires. */
  #ticks: number[] = [];

  constructor(settings: GlobalModelSettings, emit: Emit) {
    this.#settings = settings;
    this.#emit = emit;
  }

  take(held: Held, now: number): 'failed' | undefined {
    const { early, throwing } = this.#settings;
    if (throwing && held.reading.v === 7) return 'failed';
    const total = this.#totalOf(held.rank, now);
    total.held.push(held);
    total.fresh++;
    if (early === undefined) return undefined;
    if ('count' in early) {
      if (total.fresh >= early.count) this.#fire([total], 'early');
    } else if (total.fresh === 1 && early.time === 'event') {
      const from = this.#watermark === Number.NEGATIVE_INFINITY ? held.at : this.#watermark + 1;
      this.#ticks.push((Math.floor(from / early.every) + 1) * early.every - 1);
    } else if (total.fresh === 1) {
      total.due = total.first + (Math.floor((now - total.first) / early.every) + 1) * early.every;
    }
    return undefined;
  }

  moveTo(at: number): void {
    this.#watermark = at;
    if (this.#ticks.some((tick) => tick <= at)) {
      // What is there at the end fires as that.
      if (at < Number.POSITIVE_INFINITY) this.#fire(this.#withNews(), 'early');
      this.#ticks = [];
    }
    if (at < Number.POSITIVE_INFINITY) return;
    const { discarding, early } = this.#settings;
    this.#fire(discarding && early !== undefined ? this.#withNews() : this.#totals, 'on-time');
  }

  advanceTo(now: number): void {
    const next = (): number => Math.min(...this.#totals.map(({ due }) => due ?? Number.POSITIVE_INFINITY));
    for (let moment = next(); moment <= now; moment = next()) {
      this.#fire(
        this.#totals.filter(({ due }) => due === moment),
        'early',
      );
    }
  }

  has(rank: number): boolean {
    return this.#totals.some((each) => each.rank === rank);
  }

  forget(rank: number): ReturnType<ForgettingModel['forget']> {
    const own = this.#totals.filter((each) => each.rank === rank && each.held.length > 0);
    this.#totals = this.#totals.filter((each) => each.rank !== rank);
    return { windows: own.map((each) => this.#rowOf(each, 'early')) };
  }

  #totalOf(rank: number, now: number): Total {
    const known = this.#totals.find((each) => each.rank === rank);
    if (known !== undefined) return known;
    const total: Total = { rank, first: now, held: [], fresh: 0, index: 0, due: undefined };
    this.#totals.push(total);
    return total;
  }

  #withNews(): readonly Total[] {
    return this.#totals.filter(({ fresh }) => fresh > 0);
  }

  #fire(totals: readonly Total[], timing: Pane['timing']): void {
    const { discarding, early } = this.#settings;
    const inOrder = totals.toSorted((a, b) => endOf(a) - endOf(b) || a.rank - b.rank);
    for (const total of inOrder) {
      const row = this.#rowOf(total, timing);
      total.index++;
      total.fresh = 0;
      total.due = undefined;
      if (discarding && early !== undefined) total.held = [];
      this.#emit(row);
    }
  }

  #rowOf({ held, index }: Total, timing: Pane['timing']): ModelRow {
    const times = held.map(({ at }) => at);
    const borders = { windowStart: Math.min(...times), windowEnd: Math.max(...times) + 1 };
    const pane = this.#settings.early === undefined ? {} : { pane: { timing, index } };
    return { ...held[0]!.key, ...borders, ...pane, ...resultsOf(held, this.#settings.throwing) };
  }
}

function endOf({ held }: Total): number {
  return Math.max(...held.map(({ at }) => at));
}

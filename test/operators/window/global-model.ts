import type { Pane } from '../../../operators/window/window-options.ts';
import { type Emit, type Held, type ModelSettings, resultsOf, type WindowModel } from './window-model.ts';

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
export class GlobalModel implements WindowModel {
  readonly #settings: GlobalModelSettings;
  readonly #emit: Emit;
  readonly #totals: Total[] = [];
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
    const { discarding, early, throwing } = this.#settings;
    const inOrder = totals.toSorted((a, b) => endOf(a) - endOf(b) || a.rank - b.rank);
    for (const total of inOrder) {
      const times = total.held.map(({ at }) => at);
      const borders = { windowStart: Math.min(...times), windowEnd: Math.max(...times) + 1 };
      const pane = early === undefined ? {} : { pane: { timing, index: total.index } };
      const { held } = total;
      total.index++;
      total.fresh = 0;
      total.due = undefined;
      if (discarding && early !== undefined) total.held = [];
      this.#emit({ ...held[0]!.key, ...borders, ...pane, ...resultsOf(held, throwing) });
    }
  }
}

function endOf({ held }: Total): number {
  return Math.max(...held.map(({ at }) => at));
}

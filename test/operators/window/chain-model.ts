import type { Told } from '../../support/batches.ts';
import type { Step } from '../../support/script.ts';
import { WatermarksModel } from '../../core/watermarks-model.ts';
import { type ForgettingModel, LimitedModel, type Limits, type LimitTold } from './limited-model.ts';
import type { Emit, Numbered, WindowModel } from './window-model.ts';

export interface ChainModelOptions {
  readonly partitions: readonly string[];
  readonly outOfOrderness: number;
  readonly maxAhead: number;
  readonly keyed: boolean;
  /** Whether there is an `eventTime` before the window, which can do without only by processing time. */
  readonly timed: boolean;
  /** Processing time at which it begins. */
  readonly now: number;
  /** The name of the window step. */
  readonly operator: string;
  readonly limits: Limits;
  readonly window: (emit: Emit, now: number) => ForgettingModel;
}

/** The range of `Date`. */
const furthest = 8.64e15;

/**
 * The chain `eventTime`, `keyBy`, a window: what comes out of it, in its order. Where batches end it does not know. Of a
 * crash it knows that nobody is idle behind it.
 */
export class ChainModel {
  readonly told: unknown[] = [];
  readonly #options: ChainModelOptions;
  readonly #window: WindowModel;
  readonly #watermarks = new WatermarksModel<string>();
  readonly #keys: string[] = [];
  readonly #silent = new Set<string>();
  /** Where nobody gives the time: partitions that have ended. */
  readonly #ended = new Set<string>();
  #now: number;

  constructor(options: ChainModelOptions) {
    this.#options = options;
    this.#now = options.now;
    for (const partition of options.partitions) this.#watermarks.join(partition);
    const windows = options.window((row) => this.told.push(['row', row, row.windowEnd - 1]), options.now);
    const told: LimitTold = {
      evicted: (key, seenAt, received) => this.told.push(['evicted', options.operator, key, seenAt, received]),
      passed: (at) => this.told.push(['watermark', at]),
    };
    const isLimited = Object.keys(options.limits).length > 0;
    this.#window = isLimited ? new LimitedModel(windows, options.limits, told) : windows;
  }

  play(steps: readonly Step<Numbered>[]): readonly unknown[] {
    for (const step of steps) this.#play(step);
    for (const partition of this.#options.partitions) this.#advance(partition, Number.POSITIVE_INFINITY);
    return this.told;
  }

  #play(step: Step<Numbered>): void {
    if (step.kind === 'clock') this.#window.advanceTo((this.#now += step.by));
    else if (step.kind === 'crash') {
      this.#watermarks.restore();
      this.#silent.clear();
      this.#ended.clear();
    } else if (step.kind === 'idle') {
      this.#silent.add(step.partition);
      this.#moving(() => this.#watermarks.idle(step.partition, true));
    } else if (step.kind === 'batch') {
      if (this.#silent.delete(step.partition)) this.#moving(() => this.#watermarks.idle(step.partition, false));
      step.records.forEach((reading, index) => this.#take(step.partition, reading, step.line + index));
    } else this.#advance(step.partition, step.kind === 'ended' ? Number.POSITIVE_INFINITY : step.at);
  }

  #take(partition: string, reading: Numbered, line: number): void {
    const { maxAhead, keyed, operator, outOfOrderness, timed } = this.#options;
    const given: unknown = timed ? reading.at : Number.NaN;
    const at = given instanceof Date ? given.getTime() : typeof given === 'number' ? given : Number.NaN;
    const told = (by: string, kind: string, field?: string): void => {
      const time = Math.abs(at) <= furthest ? at : undefined;
      this.told.push(['rejected', by, kind, reading.id, field, time, partition, line]);
    };
    if (timed && !(Math.abs(at) <= furthest)) return told('eventTime', 'invalid', 'at');
    if (timed && at > this.#now + maxAhead) return told('eventTime', 'ahead', 'at');
    const key = keyed ? { key: reading.key } : {};
    const name = keyed ? reading.key : '';
    if (!this.#keys.includes(name)) this.#keys.push(name);
    if (reading.v !== undefined && reading.v !== null && typeof reading.v !== 'number') told(operator, 'invalid', 'v');
    else {
      const refused = this.#window.take({ reading, at, key, rank: this.#keys.indexOf(name) }, this.#now);
      if (refused !== undefined) told(operator, refused);
    }
    if (timed) this.#advance(partition, at - outOfOrderness - 1);
  }

  #advance(partition: string, at: number): void {
    if (!this.#options.timed) return this.#pass(partition, at);
    this.#moving(() => this.#watermarks.advance(partition, at));
  }

  /** What sources say of their time passes by; the end is reached when all of them have. */
  #pass(partition: string, at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#ended.add(partition);
    if (this.#ended.size === this.#options.partitions.length) this.#window.moveTo(Number.POSITIVE_INFINITY);
    this.told.push(['watermark', at]);
  }

  #moving(act: () => void): void {
    const before = this.#watermarks.merged;
    act();
    const { merged } = this.#watermarks;
    if (merged === before) return;
    this.#window.moveTo(merged);
    this.told.push(['watermark', merged]);
  }
}

/** What came out of the chain, as the model says it. */
export function plainOf(told: Told): unknown {
  if (told[0] !== 'rejected') return told;
  const { operator, kind, value, field, timestamp, origin, received } = told[1];
  if (kind === 'evicted') {
    const { slices } = received as { readonly slices?: readonly { readonly records: number }[] };
    const parts = slices === undefined ? received : { records: slices.reduce((sum, { records }) => sum + records, 0) };
    return ['evicted', operator, value, timestamp, parts];
  }
  const { id } = value as Numbered;
  return ['rejected', operator, kind, id, field, timestamp, origin?.['partition'], origin?.['line']];
}

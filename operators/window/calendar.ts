import { civilFromDays, dayMs, daysFromCivil } from '../../core/civil.ts';
import { furthestMs } from '../../core/instants.ts';
import { Zone } from '../../core/zone.ts';
import { NeighbourGrid } from './assign.ts';

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
export const calendarUnits: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
/** In the order of the days since a Thursday, 1970-01-01. */
export const weekdays: readonly Weekday[] = [
  'thursday',
  'friday',
  'saturday',
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
];

const hourMs = 3_600_000;
/** Two years less than the range of `Date`: each border and the next one stay within it. */
const lastMs = furthestMs - 731 * dayMs;

/** Hours, days, weeks, months, quarters or years as wall clocks in a zone show them: a day may have 23 or 25 hours. */
export class CalendarGrid extends NeighbourGrid {
  readonly #every: CalendarUnit;
  readonly #firstDay: number;
  readonly #zone: Zone;

  constructor(every: CalendarUnit, zone: string, weekStartsOn: Weekday) {
    super();
    this.#every = every;
    this.#firstDay = weekdays.indexOf(weekStartsOn);
    this.#zone = new Zone(zone);
  }

  override sliceStart(at: number): number {
    if (!(Math.abs(at) <= lastMs)) return Number.NaN;
    if (this.#every === 'hour') return this.#hourStart(at);
    const day = this.#unitDay(Math.floor((at + this.#zone.offsetAt(at)) / dayMs));
    // Where clocks are put back over midnight, the day before comes a second time, and belongs to the day that has begun.
    const next = this.#instantOf(this.#nextUnitDay(day));
    return at >= next ? next : this.#instantOf(day);
  }

  override sliceEnd(start: number): number {
    if (this.#every === 'hour') return this.#hourEnd(start);
    let day = this.#unitDay(Math.floor((start + this.#zone.offsetAt(start)) / dayMs));
    // Days that a zone left out have no length.
    while (this.#instantOf(day) <= start) day = this.#nextUnitDay(day);
    return this.#instantOf(day);
  }

  /** Midnight of a day, or the first moment after it that wall clocks show. */
  #instantOf(day: number): number {
    return this.#zone.instantOf(day * dayMs);
  }

  /** The first day of the week, month... that holds a day; days count from 1970-01-01. */
  #unitDay(day: number): number {
    if (this.#every === 'day') return day;
    if (this.#every === 'week') return day - ((((day - this.#firstDay) % 7) + 7) % 7);
    const [year, month] = civilFromDays(day);
    if (this.#every === 'year') return daysFromCivil(year, 1, 1);
    return daysFromCivil(year, this.#every === 'month' ? month : month - ((month - 1) % 3), 1);
  }

  #nextUnitDay(day: number): number {
    if (this.#every === 'day') return day + 1;
    if (this.#every === 'week') return day + 7;
    const [year, month] = civilFromDays(day);
    const months = this.#every === 'month' ? 1 : this.#every === 'quarter' ? 3 : 12;
    const next = month + months;
    return next > 12 ? daysFromCivil(year + 1, next - 12, 1) : daysFromCivil(year, next, 1);
  }

  /** Hours are cut where wall clocks show a full one, and where they are changed to another minute. */
  #hourStart(at: number): number {
    const offset = this.#zone.offsetAt(at);
    const start = at - modulo(at + offset, hourMs);
    if (this.#zone.offsetAt(start) === offset) return start;
    const change = this.#change(start, at);
    return this.#hourStart(change - 1) === start ? start : change;
  }

  #hourEnd(start: number): number {
    const offset = this.#zone.offsetAt(start);
    const end = start - modulo(start + offset, hourMs) + hourMs;
    if (this.#zone.offsetAt(end - 1) === offset) return end;
    const change = this.#change(start, end - 1);
    return this.#hourStart(change) === start ? end : change;
  }

  /** The first moment behind `before` at which the zone has the offset that it has at `after`. */
  #change(before: number, after: number): number {
    const offset = this.#zone.offsetAt(after);
    let other = Math.floor(before);
    let same = Math.ceil(after);
    while (same - other > 1) {
      const middle = Math.floor((other + same) / 2);
      if (this.#zone.offsetAt(middle) === offset) same = middle;
      else other = middle;
    }
    return same;
  }
}

function modulo(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}

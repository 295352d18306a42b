import { dayMs } from './civil.ts';
import { ArgumentError } from './errors.ts';
import { furthestMs } from './instants.ts';

/** A name that `Intl` knows: `Europe/Berlin`, `UTC`. */
export function zoneName(where: string, option: string, value: unknown): string {
  const expected = "a time zone such as 'Europe/Berlin'";
  if (typeof value !== 'string') throw new ArgumentError(where, option, expected, value);
  try {
    formatOf(value);
  } catch {
    throw new ArgumentError(where, option, expected, value);
  }
  return value;
}

/** One UTC day: `changeAt` is +Infinity where its offset does not change. */
interface Day {
  readonly before: number;
  readonly changeAt: number;
  readonly after: number;
}

/** So many days are remembered; asking `Intl` costs some microseconds. */
const daysKept = 4_096;

/**
 * The offsets of a time zone from UTC, and the instants of its wall times. It relies on one fact of the time zone
 * database: two changes of a zone are never within one UTC day (the closest two are four days apart).
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #days = new Map<number, Day>();

  constructor(name: string) {
    this.#format = formatOf(name);
  }

  /** What wall clocks are ahead of UTC at this instant, in ms. NaN where the instant is outside the range of `Date`. */
  offsetAt(instant: number): number {
    const number = Math.floor(instant / dayMs);
    const day = this.#days.get(number) ?? this.#learn(number);
    return instant < day.changeAt ? day.before : day.after;
  }

  /**
   * The instant at which wall clocks show this time, given in ms as if they stood in UTC. As ECMAScript and Temporal
   * (`compatible`) do it: of a time that comes twice the earlier one; of a time that is skipped, the one as long after
   * the change as it says: 02:30 becomes 03:30.
   */
  instantOf(wall: number): number {
    // No offset is as large as a day: a day around the wall time holds any change that matters.
    const before = this.offsetAt(wall - dayMs);
    const early = wall - before;
    if (this.offsetAt(early) === before) return early;
    const late = wall - this.offsetAt(wall + dayMs);
    return late + this.offsetAt(late) === wall ? late : early;
  }

  #learn(number: number): Day {
    if (this.#days.size >= daysKept) this.#days.clear();
    const first = number * dayMs;
    const before = this.#ask(first);
    const after = this.#ask(first + dayMs);
    const changes = before !== after && !Number.isNaN(before - after);
    const day = { before, changeAt: changes ? this.#change(first, before) : Number.POSITIVE_INFINITY, after };
    this.#days.set(number, day);
    return day;
  }

  /** The first second of the day with another offset. */
  #change(first: number, before: number): number {
    let same = first;
    let other = first + dayMs;
    while (other - same > 1_000) {
      const middle = same + Math.floor((other - same) / 2_000) * 1_000;
      if (this.#ask(middle) === before) same = middle;
      else other = middle;
    }
    return other;
  }

  #ask(instant: number): number {
    if (!(Math.abs(instant) <= furthestMs)) return Number.NaN;
    const shown: Record<string, number> = {};
    let beforeChrist = false;
    for (const { type, value } of this.#format.formatToParts(instant)) {
      if (type === 'era') beforeChrist = value.startsWith('B');
      else shown[type] = Number(value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    const wall = new Date(0);
    // Unlike `Date.UTC`, this does not take the year 99 for 1999.
    wall.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day);
    wall.setUTCHours(hour, minute, second);
    return wall.getTime() - Math.floor(instant / 1_000) * 1_000;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

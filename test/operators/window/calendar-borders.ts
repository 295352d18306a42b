import type { Border } from './aligned-model.ts';

/** Calendar windows around a change of clocks. */
export interface CalendarCase {
  readonly every: 'hour' | 'day' | 'week';
  readonly zone: string;
  /** The moment that the times of a property are counted from, and in what. */
  readonly origin: number;
  readonly unit: number;
}

const minute = 60_000;
const units = { hour: 10 * minute, day: 60 * minute, week: 360 * minute } as const;

/** Clocks change there, by half an hour on Lord Howe Island. */
const changes = [
  ['Europe/Berlin', Date.UTC(2024, 2, 31, 1)],
  ['America/New_York', Date.UTC(2024, 10, 3, 6)],
  ['Australia/Lord_Howe', Date.UTC(2024, 3, 6, 15)],
] as const;

export const calendarCases: readonly CalendarCase[] = changes.flatMap(([zone, origin]) =>
  (['hour', 'day', 'week'] as const).map((every) => ({ every, zone, origin, unit: units[every] })),
);

const known = new Map<CalendarCase, readonly Border[]>();

/** All windows of a case, found by looking at the clock on the wall every ten minutes. */
export function bordersOf(each: CalendarCase): readonly Border[] {
  const found = known.get(each) ?? lookedUp(each);
  known.set(each, found);
  return found;
}

function lookedUp({ every, zone, origin, unit }: CalendarCase): readonly Border[] {
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const partsAt = (at: number): Readonly<Record<string, string>> =>
    Object.fromEntries(wall.formatToParts(at).map(({ type, value }) => [type, value]));
  const starts: number[] = [];
  let before: Readonly<Record<string, string>> = partsAt(origin - 130 * unit - 10 * minute);
  for (let at = origin - 130 * unit; at <= origin + 330 * unit; at += 10 * minute) {
    const now = partsAt(at);
    if (begins(every, before, now)) starts.push(at);
    before = now;
  }
  return starts.slice(0, -1).map((start, index) => [start, starts[index + 1]!]);
}

function begins(
  every: CalendarCase['every'],
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): boolean {
  // An hour is cut where clocks are changed to another minute.
  if (every === 'hour') return now['minute'] === '00' || (Number(before['minute']) + 10) % 60 !== Number(now['minute']);
  if (before['day'] === now['day']) return false;
  return every === 'day' || now['weekday'] === 'Mon';
}

import type { Reading } from './window-model.ts';

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
export function sessionsOf(
  readings: readonly Reading[],
  { gapOf, outOfOrderness, lateness, early, discarding }: SessionModelOptions,
): { readonly rows: SessionModelRow[]; readonly late: Reading[] } {
  const rows: SessionModelRow[] = [];
  const late: Reading[] = [];
  const keys: string[] = [];
  const panes = lateness > 0 || early !== undefined;
  let sessions: Session[] = [];
  let watermark = Number.NEGATIVE_INFINITY;

  const emit = (session: Session, timing: string): void => {
    if (!discarding || session.fresh > 0) {
      const { key, start, end, index } = session;
      const pane = panes ? { pane: { timing, index } } : {};
      const own = session.held.toSorted((a, b) => readings.indexOf(a) - readings.indexOf(b));
      rows.push({ key, windowStart: start, windowEnd: end, ...pane, ...resultsOf(own) });
      session.index++;
    }
    session.fresh = 0;
    if (discarding) session.held = [];
  };

  const advance = (to: number): void => {
    const before = watermark;
    watermark = Math.max(watermark, to);
    sessions.sort((a, b) => a.end - b.end || keys.indexOf(a.key) - keys.indexOf(b.key));
    for (const each of sessions) if (each.end - 1 > before && each.end - 1 <= watermark) emit(each, 'on-time');
    if (early !== undefined && 'every' in early) {
      for (const each of sessions) {
        const tick = lastTick(each.start, early.every, watermark);
        if (each.end - 1 > watermark && each.fresh > 0 && tick > before) emit(each, 'early');
      }
    }
    sessions = sessions.filter(({ end }) => end - 1 + lateness > watermark);
  };

  for (const reading of readings) {
    if (!keys.includes(reading.key)) keys.push(reading.key);
    const { key, at } = reading;
    const end = at + gapOf(reading);
    const joined = sessions.filter((each) => each.key === key && each.start <= end && at <= each.end);
    if (joined.length === 0 && end - 1 + lateness <= watermark) late.push(reading);
    else {
      const session: Session = {
        key,
        start: Math.min(at, ...joined.map((each) => each.start)),
        end: Math.max(end, ...joined.map((each) => each.end)),
        held: [...joined.flatMap((each) => each.held), reading],
        fresh: joined.reduce((sum, each) => sum + each.fresh, 1),
        index: Math.max(0, ...joined.map((each) => each.index)),
      };
      sessions = [...sessions.filter((each) => !joined.includes(each)), session];
      if (session.end - 1 <= watermark) emit(session, 'late');
      else if (early !== undefined && 'count' in early && session.fresh >= early.count) emit(session, 'early');
    }
    advance(at - outOfOrderness - 1);
  }
  advance(Number.POSITIVE_INFINITY);
  return { rows, late };
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

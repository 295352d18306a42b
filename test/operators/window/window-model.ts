export interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number | null;
}

export interface ModelRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly [result: string]: unknown;
}

interface OpenWindow {
  readonly key: string;
  readonly start: number;
  readonly readings: Reading[];
}

/**
 * Tumbling windows as one would write them without thinking of speed: a list of windows, each a list of records. The
 * watermark moves after every record; what is late is decided by Flink's rule, window by window.
 */
export function windowsOf(
  readings: readonly Reading[],
  { size, offset, outOfOrderness }: { readonly size: number; readonly offset: number; readonly outOfOrderness: number },
): { readonly rows: ModelRow[]; readonly late: Reading[] } {
  const rows: ModelRow[] = [];
  const late: Reading[] = [];
  const keys: string[] = [];
  let windows: OpenWindow[] = [];
  let watermark = Number.NEGATIVE_INFINITY;

  const fire = (): void => {
    const due = windows.filter(({ start }) => start + size - 1 <= watermark);
    due.sort((a, b) => a.start - b.start || keys.indexOf(a.key) - keys.indexOf(b.key));
    windows = windows.filter((window) => !due.includes(window));
    for (const window of due) rows.push(rowOf(window, size));
  };

  for (const reading of readings) {
    if (!keys.includes(reading.key)) keys.push(reading.key);
    let start = offset;
    while (start > reading.at) start -= size;
    while (start + size <= reading.at) start += size;
    if (start + size - 1 <= watermark) late.push(reading);
    else {
      let window = windows.find((each) => each.key === reading.key && each.start === start);
      if (window === undefined) windows.push((window = { key: reading.key, start, readings: [] }));
      window.readings.push(reading);
    }
    watermark = Math.max(watermark, reading.at - outOfOrderness - 1);
    fire();
  }
  watermark = Number.POSITIVE_INFINITY;
  fire();
  return { rows, late };
}

function rowOf({ key, start, readings }: OpenWindow, size: number): ModelRow {
  const present = readings.filter((each): each is Reading & { v: number } => each.v !== null && !Number.isNaN(each.v));
  const values = present.map(({ v }) => v);
  const byTime = present.toSorted((a, b) => a.at - b.at);
  const total = values.reduce((before, value) => before + value, 0);
  const none = values.length === 0;
  return {
    key,
    windowStart: start,
    windowEnd: start + size,
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

import type { Pane } from '../../../operators/window/window-options.ts';
import type { Driver } from '../../../src/testing/index.ts';

export interface Click {
  readonly user: string;
  readonly at: number;
}

/** A row of clicks by user. */
export interface ClickRow {
  readonly user: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly pane?: Pane;
  readonly n: number | null;
}

/** What has come out since the last look, a line a row: `a 0-10 3 late 1`. */
export function shown(driver: Driver<never, ClickRow>): string[] {
  return driver.take().map(({ user, windowStart, windowEnd, pane, n }) => {
    return `${user} ${windowStart}-${windowEnd} ${n}${pane === undefined ? '' : ` ${pane.timing} ${pane.index}`}`;
  });
}

/** Clicks of one user at these times. */
export function push<In extends Click, Row>(driver: Driver<In, Row>, ...times: readonly number[]): Driver<In, Row> {
  for (const at of times) driver.push({ user: 'a', at } as In);
  return driver;
}

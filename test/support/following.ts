import { onTestFinished } from 'vitest';
import type { Positions } from '../../core/batch.ts';
import type { Source, SourceEvent, SourceReader } from '../../core/source.ts';
import { requestOf } from './connector-contract.ts';
import { SkippingClock } from './skipping-clock.ts';

/** A source that is followed by hand. */
export interface Following<T> {
  readonly reader: SourceReader<T>;
  readonly warnings: readonly string[];
  readonly positions: Positions;
  /** Where the records of `take` came from, `source:line`. */
  readonly origins: readonly string[];
  /** What comes until somebody has had nothing for so many looks. */
  take(looks?: number): Promise<readonly T[]>;
  /** The next event. */
  next(): Promise<SourceEvent<T>>;
}

export function following<T>(source: Source<T>, given: Positions = {}): Following<T> {
  const warnings: string[] = [];
  const origins: string[] = [];
  const positions = { ...given };
  const reader = source.open(
    requestOf({
      positions: given,
      clock: new SkippingClock(),
      notice: (notice) => {
        if (notice.kind === 'warning') warnings.push(notice.message);
      },
    }),
  );
  onTestFinished(() => reader.close());
  const next = async (): Promise<SourceEvent<T>> => {
    const { done, value } = await reader.next();
    if (done === true) throw new Error('what is followed has no end');
    if (value.kind === 'opened') Object.assign(positions, value.positions);
    if (value.kind === 'batch') {
      const { partition, records } = value.batch;
      positions[partition] = JSON.parse(JSON.stringify(value.batch.positionAfter(records.length))) as Positions[string];
      records.forEach((_, index) => {
        const { source: file, line } = value.batch.origin(index) ?? {};
        origins.push(`${file}:${line}`);
      });
    }
    return value;
  };
  const take = async (looks = 1): Promise<readonly T[]> => {
    const taken: T[] = [];
    for (let empty = 0; empty < looks;) {
      const event = await next();
      if (event.kind === 'batch') taken.push(...event.batch.records);
      empty = event.kind === 'empty' ? empty + 1 : 0;
    }
    return taken;
  };
  return { reader, warnings, positions, origins, take, next };
}

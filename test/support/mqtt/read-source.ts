import { onTestFinished } from 'vitest';
import type { Positions } from '../../../core/batch.ts';
import type { Source, SourceEvent, SourceNotice, SourceReader, SourceRequest } from '../../../core/source.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { requestOf } from '../connector-contract.ts';

/** A source that is read as a job reads it, and what came of that. */
export interface Reading<T> {
  readonly reader: SourceReader<T>;
  readonly records: T[];
  readonly events: SourceEvent<T>[];
  readonly notices: SourceNotice[];
  /** Behind all that has been read. */
  readonly positions: Record<string, Positions[string]>;
  /** Reads until there are so many records. */
  readUntil(count: number): Promise<void>;
  /** What a checkpoint would hold. */
  cut(): Positions;
  /** A checkpoint of what has been read, stored. */
  checkpoint(): Promise<Positions>;
}

export function reading<T>(source: Source<T>, request: Partial<SourceRequest> = {}): Reading<T> {
  const notices: SourceNotice[] = [];
  const reader = source.open(
    requestOf({ clock: systemClock, notice: (notice) => void notices.push(notice), ...request }),
  );
  onTestFinished(() => reader.close());
  const [records, events]: [T[], SourceEvent<T>[]] = [[], []];
  const positions: Record<string, Positions[string]> = {};
  const cut = (): Positions => structuredClone(reader.cut?.(positions) ?? positions);
  return {
    reader,
    records,
    events,
    notices,
    positions,
    cut,
    readUntil: async (count) => {
      while (records.length < count || events.length === 0) {
        const { done, value } = await reader.next();
        if (done === true) return;
        events.push(value);
        if (value.kind === 'opened') Object.assign(positions, value.positions);
        if (value.kind !== 'batch') continue;
        records.push(...value.batch.records);
        positions[value.batch.partition] = value.batch.positionAfter(value.batch.records.length);
      }
    },
    checkpoint: async () => {
      const held = cut();
      await reader.commit(held);
      return held;
    },
  };
}

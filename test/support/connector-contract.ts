import { describe, expect, it, onTestFinished } from 'vitest';
import type { Batch, Positions } from '../../core/batch.ts';
import type { Clock } from '../../core/clock.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { Origin } from '../../core/rejection.ts';
import type { Sink, SinkRequest, SinkState } from '../../core/sink.ts';
import type { Source, SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';

/** What the suite must be told of a source. */
export interface SourceContract<T> {
  /** All records, by partition; what is unreadable left out. */
  readonly expected: Readonly<Record<string, readonly T[]>>;
  /** A source over something that is not there: a file, a broker. */
  readonly unreachable: () => Source<T>;
  /** Files, sockets: whatever must be closed again. */
  readonly openHandles: () => number | Promise<number>;
  /** Whether it says `ended` behind the last record. Default true. */
  readonly ends?: boolean;
  /** Whether one reader of it shuts out others. */
  readonly isAlone?: boolean;
}

/** What every source must keep, whatever it reads from. `makeSource` gives one over the same records each time. */
export function obeysSourceContract<T>(
  name: string,
  makeSource: () => Source<T> | Promise<Source<T>>,
  contract: SourceContract<T>,
): void {
  const total = Object.values(contract.expected).reduce((sum, records) => sum + records.length, 0);
  const isWhole = (read: Reading<T>): boolean =>
    contract.ends === false ? read.events.length > 0 && read.count === total : read.isOver;

  describe(`${name} as a source`, () => {
    it('opens nothing when it is made, nor when it is opened and nobody asks', async () => {
      const before = await contract.openHandles();
      const reader = (await makeSource()).open(requestOf());
      expect(await contract.openHandles()).toBe(before);
      await reader.close();
      const nowhere = contract.unreachable().open(requestOf());
      await nowhere.close();
    });

    it('hands over every record of a partition in order, behind news of the partition, in batches that are not empty', async () => {
      const read = await readUntil(await opened(makeSource), isWhole);
      expect(read.records()).toEqual(contract.expected);
      for (const partition of Object.keys(contract.expected)) {
        expect(read.events.find((event) => partitionsOf(event).includes(partition))?.kind).toBe('opened');
      }
      for (const batch of read.batches)
        expect(batch.records.length + (batch.unreadable?.length ?? 0)).toBeGreaterThan(0);
    });

    it('keeps what its traits say of timestamps', async () => {
      const source = await makeSource();
      const read = await readUntil(await opened(() => source), isWhole);
      for (const { timestamps, records } of read.batches) {
        expect(timestamps?.length ?? 'none').toBe(source.traits.timestamps ? records.length : 'none');
      }
    });

    it('goes on behind any record with exactly the rest', async () => {
      const source = await makeSource();
      const read = await readUntil(await opened(() => source), isWhole);
      if (source.traits.replay !== 'any') return;
      const done: Record<string, T[]> = {};
      const positions: Record<string, Positions[string]> = {};
      for (const batch of read.batches) {
        const before = done[batch.partition] ?? [];
        for (let count = 0; count <= batch.records.length; count++) {
          positions[batch.partition] = plain(batch.positionAfter(count));
          done[batch.partition] = [...before, ...batch.records.slice(0, count)];
          const rest = restOf(contract.expected, done);
          const restCount = Object.values(rest).reduce((sum, records) => sum + records.length, 0);
          const reader = await opened(makeSource, { positions: { ...positions } });
          const again = await readUntil(reader, (each) =>
            contract.ends === false ? each.events.length > 0 && each.count === restCount : isWhole(each),
          );
          expect(again.records()).toEqual(rest);
          expect(again.origins()).toEqual(restOf(read.origins(), done));
          await reader.close();
        }
      }
    });

    it('reads on, and the same, when positions are committed', async () => {
      const reader = await opened(makeSource);
      const read = await readUntil(reader, isWhole, async (batch) => {
        await reader.commit({ [batch.partition]: batch.positionAfter(batch.records.length) });
      });
      expect(read.records()).toEqual(contract.expected);
    });

    it('ends a `next` that waits at once when the signal is given', async () => {
      const controller = new AbortController();
      const reader = await opened(makeSource, { signal: controller.signal });
      const waiting = reader.next();
      controller.abort();
      await expect(waiting).resolves.toEqual({ done: true, value: undefined });
      await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
      await reader.close();
      await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
    });

    it('is stopped and closed while a `next` is under way, and leaves nothing open', async () => {
      const before = await contract.openHandles();
      for (const asked of [0, 1, 2]) {
        const controller = new AbortController();
        const reader = await opened(makeSource, { signal: controller.signal });
        for (let count = 0; count < asked; count++) await reader.next();
        const waiting = reader.next();
        controller.abort();
        await reader.close();
        expect(await contract.openHandles()).toBe(before);
        await expect(waiting).resolves.toEqual({ done: true, value: undefined });
      }
    });

    it('closes in the middle, twice, and hands over nothing after that', async () => {
      const before = await contract.openHandles();
      const reader = await opened(makeSource);
      await readUntil(reader, (read) => read.batches.length > 0);
      await Promise.all([reader.close(), reader.close()]);
      await reader.close();
      await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
      expect(await contract.openHandles()).toBe(before);
    });

    it('fails with a ConnectorError from the first `next` where it cannot be opened, and leaves nothing open', async () => {
      const before = await contract.openHandles();
      const reader = contract.unreachable().open(requestOf());
      await expect(reader.next()).rejects.toBeInstanceOf(ConnectorError);
      await reader.close();
      expect(await contract.openHandles()).toBe(before);
    });

    it('keeps two readers apart', async () => {
      const source = await makeSource();
      if (source.traits.replay !== 'any' || contract.isAlone === true) return;
      const [one, two] = await Promise.all([opened(() => source), opened(() => source)]);
      const reads = await Promise.all([readUntil(one, isWhole), readUntil(two, isWhole)]);
      for (const read of reads) expect(read.records()).toEqual(contract.expected);
    });
  });
}

/** What the suite must be told of a sink. */
export interface SinkContract<T> {
  /** At least four rows. */
  readonly rows: readonly T[];
  /** Everything that a reader of the output sees. */
  readonly read: () => Promise<readonly T[]>;
  /** A sink to something that is not there; nothing where there is always something. */
  readonly unreachable?: () => Sink<T>;
  readonly openHandles: () => number | Promise<number>;
}

/** What every sink must keep, wherever it writes. `makeSink` gives one with an output of its own, the first time empty. */
export function obeysSinkContract<T>(
  name: string,
  makeTarget: () => Promise<{ readonly sink: () => Sink<T>; readonly contract: SinkContract<T> }>,
): void {
  const writerOf = async (sink: Sink<T>, request: Partial<SinkRequest> = {}) => {
    const writer = await sink.open(sinkRequestOf(request));
    onTestFinished(() => writer.close());
    return writer;
  };

  describe(`${name} as a sink`, () => {
    it('opens nothing when it is made', async () => {
      const { sink, contract } = await makeTarget();
      const before = await contract.openHandles();
      sink();
      contract.unreachable?.();
      expect(await contract.openHandles()).toBe(before);
    });

    it('counts what is buffered until it is sent', async () => {
      const { sink, contract } = await makeTarget();
      const writer = await writerOf(sink());
      expect(writer.buffered).toMatchObject({ records: 0, bytes: 0 });
      contract.rows.forEach((row, index) => {
        writer.write(row, index);
        expect(writer.buffered.records).toBe(index + 1);
      });
      expect(writer.buffered.bytes).toBeGreaterThan(0);
      await writer.send();
      expect(writer.buffered).toMatchObject({ records: 0, bytes: 0 });
    });

    it('keeps what is written while it sends', async () => {
      const { sink, contract } = await makeTarget();
      const writer = await writerOf(sink());
      const [first, second] = contract.rows as [T, T];
      writer.write(first, 0);
      const sending = writer.send();
      writer.write(second, 1);
      await sending;
      expect(writer.buffered.records).toBe(1);
    });

    it('makes durable what was written before the cut, in order, and says how to go back to it', async () => {
      const { sink, contract } = await makeTarget();
      const writer = await writerOf(sink());
      contract.rows.forEach((row, index) => writer.write(row, index));
      plain(await writer.cut('run-1'));
      await writer.commit('run-1');
      await writer.close();
      expect(await contract.read()).toEqual(contract.rows);
    });

    it('holds only what was written before the call in the state of a cut', async () => {
      const { sink, contract } = await makeTarget();
      if (sink().traits.guarantee !== 'follows') return;
      const notes: SinkState[] = [];
      const writer = await writerOf(sink(), { note: async (each) => void notes.push(plain(each)) });
      const [first, ...later] = contract.rows as [T, ...T[]];
      writer.write(first, 0);
      const cutting = writer.cut('run-1');
      later.forEach((row, index) => writer.write(row, index + 1));
      const state = await cutting;
      await writer.send();
      await writer.close();
      const again = await writerOf(sink(), { state, notes });
      await again.cut('run-2');
      expect(await contract.read()).toEqual([first]);
    });

    it('shows each row once after a restart from any cut', async () => {
      const { sink, contract } = await makeTarget();
      if (sink().traits.guarantee !== 'follows') return;
      const states: { readonly state: SinkState; readonly noted: number }[] = [];
      const notes: SinkState[] = [];
      const note = async (state: SinkState): Promise<void> => void notes.push(plain(state));
      const writer = await writerOf(sink(), { note });
      for (const [index, row] of contract.rows.entries()) {
        states.push({ state: plain(await writer.cut(`run-${index}`)), noted: notes.length });
        writer.write(row, index);
      }
      await writer.send();
      await writer.close();
      for (const [count, { state, noted }] of [...states.entries()].toReversed()) {
        const again = await writerOf(sink(), { state, note, notes: notes.slice(noted) });
        contract.rows.slice(count).forEach((row, index) => again.write(row, index));
        await again.cut('again');
        await again.close();
        expect(await contract.read()).toEqual(contract.rows);
      }
      // It died before its first checkpoint: all that is known is what it noted.
      const fresh = await writerOf(sink(), { notes });
      contract.rows.forEach((row, index) => fresh.write(row, index));
      await fresh.cut('fresh');
      await fresh.close();
      expect(await contract.read()).toEqual(contract.rows);
    });

    it('closes twice, with rows that nobody sent, and leaves nothing open', async () => {
      const { sink, contract } = await makeTarget();
      const before = await contract.openHandles();
      const writer = await writerOf(sink());
      writer.write(contract.rows[0] as T, 0);
      await Promise.all([writer.close(), writer.close()]);
      await writer.close();
      expect(await contract.openHandles()).toBe(before);
    });

    it('fails with a ConnectorError where it cannot be opened, and leaves nothing open', async () => {
      const { contract } = await makeTarget();
      if (contract.unreachable === undefined) return;
      const before = await contract.openHandles();
      await expect(contract.unreachable().open(sinkRequestOf())).rejects.toBeInstanceOf(ConnectorError);
      expect(await contract.openHandles()).toBe(before);
    });
  });
}

/** Everything that came from a reader so far. */
export interface Reading<T> {
  readonly events: SourceEvent<T>[];
  readonly batches: Batch<T>[];
  readonly ended: string[];
  /** Whether all partitions that it has spoken of have ended. */
  readonly isOver: boolean;
  readonly count: number;
  /** By partition. */
  records(): Record<string, T[]>;
  /** Where each of them came from. */
  origins(): Record<string, (Origin | undefined)[]>;
}

export async function readUntil<T>(
  reader: SourceReader<T>,
  enough: (read: Reading<T>) => boolean,
  onBatch: (batch: Batch<T>) => Promise<void> = () => Promise.resolve(),
): Promise<Reading<T>> {
  const events: SourceEvent<T>[] = [];
  const batches: Batch<T>[] = [];
  const ended: string[] = [];
  const byPartition = <V>(of: (batch: Batch<T>) => readonly V[]): Record<string, V[]> => {
    const lists: Record<string, V[]> = {};
    for (const partition of events.flatMap(partitionsOf)) lists[partition] ??= [];
    for (const batch of batches) lists[batch.partition]?.push(...of(batch));
    return lists;
  };
  const reading: Reading<T> = {
    events,
    batches,
    ended,
    get isOver() {
      return events.length > 0 && Object.keys(reading.records()).every((partition) => ended.includes(partition));
    },
    get count() {
      return batches.reduce((sum, batch) => sum + batch.records.length, 0);
    },
    records: () => byPartition((batch) => batch.records),
    origins: () => byPartition((batch) => batch.records.map((_, index) => batch.origin(index))),
  };
  while (!enough(reading)) {
    const { done, value } = await reader.next();
    if (done === true) break;
    events.push(value);
    if (value.kind === 'ended') ended.push(value.partition);
    if (value.kind !== 'batch') continue;
    batches.push(value.batch);
    await onBatch(value.batch);
  }
  return reading;
}

export function requestOf(request: Partial<SourceRequest> = {}): SourceRequest {
  const { signal } = new AbortController();
  return { job: 'test', positions: {}, fields: 'all', signal, clock: stillClock, notice: () => undefined, ...request };
}

export function sinkRequestOf(request: Partial<SinkRequest> = {}): SinkRequest {
  const { signal } = new AbortController();
  const note = (): Promise<void> => Promise.resolve();
  const world = { signal, clock: stillClock, checkpointed: true };
  return { job: 'test', state: undefined, ...world, wantsCheckpoint: () => undefined, note, notes: [], ...request };
}

async function opened<T>(
  makeSource: () => Source<T> | Promise<Source<T>>,
  request: Partial<SourceRequest> = {},
): Promise<SourceReader<T>> {
  const reader = (await makeSource()).open(requestOf(request));
  onTestFinished(() => reader.close());
  return reader;
}

/** As a checkpoint keeps it; fails where that is not the same. */
function plain<V>(value: V): V {
  const copy = JSON.parse(JSON.stringify(value)) as V;
  expect(copy).toEqual(value);
  return copy;
}

function restOf<V>(
  all: Readonly<Record<string, readonly V[]>>,
  done: Readonly<Record<string, readonly unknown[]>>,
): Record<string, readonly V[]> {
  return Object.fromEntries(
    Object.entries(all).map(([partition, each]) => [partition, each.slice(done[partition]?.length ?? 0)]),
  );
}

function partitionsOf(event: SourceEvent<unknown>): readonly string[] {
  if (event.kind === 'opened') return Object.keys(event.positions);
  return [event.kind === 'batch' ? event.batch.partition : event.partition];
}

const stillClock: Clock = { now: () => 0, wakeAt: () => () => undefined };

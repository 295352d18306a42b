import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { ArgumentError, ConnectorError } from '../../core/errors.ts';
import { checkValues, readMarbles, valueOf } from './marble.ts';
import { checkpoint, crash, type Signal, WatermarkSignal } from './signal.ts';

/** What happens in a partition of a source at a frame. */
export type SourceMarble = { readonly frame: number } & (
  | { readonly kind: 'record'; readonly value: unknown }
  | { readonly kind: 'watermark'; readonly at: number }
  | { readonly kind: 'end' | 'fail' | 'checkpoint' | 'crash' }
);

/** A source that plays marbles: those who run a chain in virtual time know it and play its partitions one by one. */
export class MarbleSource<T> extends Observable<T> {
  readonly partitions: Readonly<Record<string, readonly SourceMarble[]>>;

  constructor(marbles: string | Readonly<Record<string, string>>, values: unknown, scheduler: SchedulerLike) {
    const partitions = readPartitions(marbles, values);
    super((subscriber) => playPlainly(partitions, scheduler, subscriber));
    this.partitions = partitions;
  }
}

/** How a source fails at its `#`. */
export function sourceFailure(): ConnectorError {
  return new ConnectorError('source', 'fails where its marbles say #', { retryable: false });
}

function readPartitions(marbles: unknown, values: unknown): Readonly<Record<string, readonly SourceMarble[]>> {
  const known = checkValues('source', values);
  const read = (text: unknown): readonly SourceMarble[] =>
    readMarbles('source', text).map(({ frame, sign }) => {
      if (sign === '|') return { frame, kind: 'end' };
      if (sign === '#') return { frame, kind: 'fail' };
      return meaning(frame, valueOf('source', known, sign));
    });
  if (typeof marbles !== 'object' || marbles === null || Array.isArray(marbles)) return { 0: read(marbles) };
  const entries = Object.entries(marbles as Readonly<Record<string, unknown>>);
  if (entries.length === 0) throw new ArgumentError('source', 'marbles', 'a text, or one for each partition', marbles);
  return Object.fromEntries(entries.map(([partition, text]) => [partition, read(text)]));
}

function meaning(frame: number, value: unknown): SourceMarble {
  if (value instanceof WatermarkSignal) return { frame, kind: 'watermark', at: value.at };
  if (value === checkpoint || value === crash)
    return { frame, kind: (value as Signal).signal as 'checkpoint' | 'crash' };
  return { frame, kind: 'record', value };
}

/** To whom nothing but RxJS runs the chain, records come as from any Observable. */
function playPlainly<T>(
  partitions: Readonly<Record<string, readonly SourceMarble[]>>,
  scheduler: SchedulerLike,
  subscriber: Subscriber<T>,
): void {
  const [marbles, ...others] = Object.values(partitions);
  const isPlain = marbles?.every(({ kind }) => kind === 'record' || kind === 'end' || kind === 'fail') === true;
  if (!isPlain || others.length > 0) {
    const hint = 'RxJS knows neither signals nor partitions';
    subscriber.error(new ArgumentError('source', 'stream', 'observed by `expectStream`', 'a plain subscription', hint));
    return;
  }
  for (const marble of marbles) {
    const play = (): void => {
      if (marble.kind === 'record') subscriber.next(marble.value as T);
      else if (marble.kind === 'end') subscriber.complete();
      else subscriber.error(sourceFailure());
    };
    subscriber.add(scheduler.schedule(play, marble.frame));
  }
}

import { asyncScheduler, Observable } from 'rxjs';
import { duration, type Duration } from '../core/duration.ts';
import { ArgumentError } from '../core/errors.ts';
import { optionsObject } from '../core/guards.ts';
import { policies, type RejectPolicies } from '../core/reject-policy.ts';
import type { Rejection } from '../core/rejection.ts';
import type { Sink } from '../core/sink.ts';
import type { Source } from '../core/source.ts';
import { schedulerClock } from '../operators/operator.ts';
import { Delivering } from './delivering.ts';
import { isSource } from './input.ts';

/** A record that is not done before somebody says so. */
export interface Delivery<T> {
  readonly value: T;
  /** The record is done: it need not come again. A second call does nothing. */
  ack(): void;
}

export interface DeliveriesOptions {
  /** What becomes of what the source could not read. Default `fail`: it ends the stream with a `DataError`. */
  readonly onReject?: Exclude<RejectPolicies, Sink<Rejection>>;
  /** How long records that are given out may still be acknowledged when the subscriber has left. Default `'5s'`. */
  readonly drainWithin?: Duration;
}

const where = 'deliveries';

/**
 * A source as a plain Observable, each record with its acknowledgement by hand.
 *
 * - **Starts** on subscribe: the source is opened, once for each subscription; where one before is still closing, behind it.
 * - **Emits** one delivery a record, in the order of the source. With so many unacknowledged as the source allows (`inFlight` of
 *   its traits, 1,000 where it does not say) it stops reading until some are.
 * - **Completes** when the source has ended, and everything is acknowledged and committed. **Fails** with the source's error, also
 *   that of a commit; with a `DataError` for what could not be read.
 * - **Acknowledgements** may come in any order. Per partition, what is acknowledged without a gap is committed, one commit at a
 *   time: where the system behind the source remembers that, only what is not comes again when it is opened the next time.
 * - **Unsubscribe** stops reading at once, waits at most `drainWithin` for what is given out, commits, and closes.
 * - **Memory** the records that are given out, and the rest of one batch. **Delivery** at least once.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `source` is no source, or an option is wrong.
 */
export function deliveries<T>(source: Source<T>, options: DeliveriesOptions = {}): Observable<Delivery<T>> {
  if (!isSource(source)) throw new ArgumentError(where, 'source', 'a source such as fromFile(...)', source);
  const given = optionsObject<DeliveriesOptions>(where, options, ['onReject', 'drainWithin']);
  const settings = {
    source,
    policies: policies(where, given.onReject),
    drainWithinMs: duration(where, 'drainWithin', given.drainWithin ?? '5s'),
    clock: schedulerClock(asyncScheduler),
  };
  let free: Promise<unknown> = Promise.resolve();
  return new Observable((subscriber) => {
    const delivering = new Delivering<T>(subscriber, { ...settings, free });
    subscriber.add(() => {
      free = Promise.all([free, delivering.leave()]);
    });
    void delivering.read();
  });
}

import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { ArgumentError } from '../../core/errors.ts';
import { callback } from '../../core/guards.ts';
import type { Rejection } from '../../core/rejection.ts';
import { stream, type Stream } from '../stream.ts';
import { Expectations } from './expectations.ts';
import { MarbleSource } from './marble-source.ts';
import { differsInRx } from './rx-messages.ts';
import type { Signal } from './signal.ts';

/** What a marble test is handed, beside RxJS's own helpers. */
export interface Marbles {
  /**
   * A source that plays marbles: one string, or one for each partition. One frame is one millisecond of processing time; event
   * time is what the chain reads. Each symbol stands for a record or a signal; `|` ends the partition, `#` fails the source.
   */
  source<T>(
    marbles: string | Readonly<Record<string, string>>,
    values: Readonly<Record<string, T | Signal>>,
  ): Stream<T>;
  /**
   * The rows of a stream, each at its frame, and how it ends. Without `values` a symbol is its own value, a digit a number.
   * Of `error` only the fields that it has are compared; without it any error will do.
   */
  expectStream<T>(stream: Stream<T, unknown>): {
    toBe(marbles: string, values?: Readonly<Record<string, T>>, error?: unknown): void;
  };
  /** All rejections of a chain, whatever its policy. Only the fields that a value has are compared; without `values`, none. */
  expectRejections<T>(stream: Stream<T, unknown>): {
    toBe(marbles: string, values?: Readonly<Record<string, Partial<Rejection>>>): void;
  };
  /** The sums of every step hold, after every frame and at the end. */
  expectBalancedLedger<T>(stream: Stream<T, unknown>): void;
}

/**
 * Wraps the body of a test, for any test runner: `it('closes windows', marbles(({ source, expectStream }) => ...))`. In it time
 * is virtual, for our sources and for RxJS alike; it is played when the body has returned.
 *
 * - **Fails** by throwing an `Error` that shows both diagrams, one under the other, with the first difference marked.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `body` is no function; when the test runs, if a diagram is wrong, an
 * expectation says nothing, or the body is asynchronous.
 */
export function marbles(body: (helpers: Marbles & RunHelpers) => void): () => void {
  callback('marbles', 'body', body);
  return () => {
    const scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
      const message = differsInRx(expected, actual);
      if (message !== undefined) throw new Error(message);
    });
    const expectations = new Expectations(scheduler);
    scheduler.run((rx) => {
      const answer: unknown = body({
        ...rx,
        flush: () => {
          rx.flush();
          expectations.check();
        },
        source: (drawn, values) => stream(new MarbleSource(drawn, values, scheduler)),
        expectStream: (given) => expectations.stream(given),
        expectRejections: (given) => expectations.rejections(given),
        expectBalancedLedger: function expectBalancedLedger(given) {
          expectations.balancedLedger(given, expectBalancedLedger);
        },
      });
      if (isPromise(answer)) {
        const hint = 'virtual time is played when it returns, and cannot wait';
        throw new ArgumentError('marbles', 'body', 'a function that is not async', answer, hint);
      }
    });
    expectations.check();
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { readonly then?: unknown } | undefined | null)?.then === 'function';
}

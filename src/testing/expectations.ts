import type { SchedulerLike } from 'rxjs';
import { ArgumentError } from '../../core/errors.ts';
import type { Link } from '../../core/layout.ts';
import { rejectionKinds } from '../../core/reject-policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import { linkOfStream, type Stream } from '../stream.ts';
import { ChainRun } from './chain-run.ts';
import { compareDiagrams, type Mark, type Matcher } from './comparison.ts';
import { type Difference, differences } from './difference.ts';
import { checkValues, type Marble, readMarbles, valueOf } from './marble.ts';
import { written } from './written.ts';

interface Expectation {
  readonly subject: string;
  /** What to say where it is not met. Nothing as long as nobody has said what to expect. */
  check?: () => string | undefined;
  /** Made where `check` was set: its stack points to the line of the expectation. */
  error?: Error;
}

/** What a test body says about streams, checked when time has been played to its end. Each chain is run once. */
export class Expectations {
  readonly #scheduler: SchedulerLike;
  readonly #runs = new Map<Link, ChainRun>();
  #open: Expectation[] = [];

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  stream<T>(stream: Stream<T, unknown>): {
    toBe(marbles: string, values?: Readonly<Record<string, T>>, error?: unknown): void;
  } {
    const subject = 'expectStream';
    const run = this.#run(subject, stream);
    const expectation = this.#add(subject);
    return {
      toBe: function toBe(marbles, values, error) {
        expectation.error = errorBelow(toBe);
        const expected = marksOf(subject, readMarbles(subject, marbles), values, error);
        const match = values === undefined ? matchSymbols : matchRows;
        expectation.check = () => {
          const told = compareDiagrams('expectStream: the stream differs', expected, run.rows, match);
          const hint = '\n  the chain still waits for a Promise, which virtual time cannot do';
          return told !== undefined && run.waits ? told + hint : told;
        };
      },
    };
  }

  rejections(stream: unknown): {
    toBe(marbles: string, values?: Readonly<Record<string, Partial<Rejection>>>): void;
  } {
    const subject = 'expectRejections';
    const run = this.#run(subject, stream);
    const expectation = this.#add(subject);
    return {
      toBe: function toBe(marbles, values) {
        expectation.error = errorBelow(toBe);
        const read = readMarbles(subject, marbles);
        if (read.some(({ sign }) => sign === '|' || sign === '#')) {
          const hint = 'rejections have no end of their own';
          throw new ArgumentError(subject, 'marbles', 'without `|` and `#`', marbles, hint);
        }
        if (values !== undefined) checkRejections(values);
        const expected = marksOf(subject, read, values, undefined);
        const match = values === undefined ? matchAnything : matchPartly;
        expectation.check = () =>
          compareDiagrams('expectRejections: the rejections differ', expected, run.rejections, match);
      },
    };
  }

  balancedLedger(stream: unknown, caller: Function): void {
    const subject = 'expectBalancedLedger';
    const run = this.#run(subject, stream);
    const expectation = this.#add(subject);
    expectation.error = errorBelow(caller);
    expectation.check = () => (run.imbalance === undefined ? undefined : tellImbalance(run.imbalance));
  }

  /** Throws one error with all that is not met. */
  check(): void {
    const all = this.#open;
    this.#open = [];
    const forgotten = all.find((each) => each.check === undefined);
    if (forgotten !== undefined) {
      throw new ArgumentError(forgotten.subject, 'toBe', 'called', 'an expectation of nothing');
    }
    const failed = all.flatMap(({ check, error }) => {
      const message = check?.();
      return message === undefined || error === undefined ? [] : [{ message, error }];
    });
    const [first] = failed;
    if (first !== undefined) throw failing(first.error, failed.map(({ message }) => message).join('\n\n'));
  }

  #run(subject: string, stream: unknown): ChainRun {
    const link = linkOfStream(stream as Stream<unknown>);
    if (link === undefined) {
      const hint = 'for an Observable there is `expectObservable`';
      throw new ArgumentError(subject, 'stream', 'a stream', stream, hint);
    }
    const known = this.#runs.get(link);
    if (known !== undefined) return known;
    const run = new ChainRun(link, this.#scheduler);
    this.#runs.set(link, run);
    this.#scheduler.schedule(() => run.start());
    return run;
  }

  #add(subject: string): Expectation {
    const expectation: Expectation = { subject };
    this.#open.push(expectation);
    return expectation;
  }
}

/** An error whose stack begins with whoever called this function. */
function errorBelow(caller: Function): Error {
  const error = new Error();
  Error.captureStackTrace?.(error, caller);
  return error;
}

/** The error, as if it had been made with this message. */
function failing(error: Error, message: string): Error {
  const [, ...frames] = (error.stack ?? '').split('\n');
  error.message = message;
  error.stack = [`Error: ${message}`, ...frames].join('\n');
  return error;
}

function marksOf(subject: string, marbles: readonly Marble[], values: unknown, error: unknown): readonly Mark[] {
  const known = values === undefined ? undefined : checkValues(subject, values);
  return marbles.map(({ frame, sign }): Mark => {
    if (sign === '|') return { frame, kind: 'end' };
    if (sign === '#') return { frame, kind: 'error', value: error };
    const value = known === undefined ? { value: sign, isBare: true } : { value: valueOf(subject, known, sign) };
    return { frame, kind: 'value', symbol: sign, ...value };
  });
}

const matchRows: Matcher = (expected, actual) =>
  expected.kind === 'error' ? matchError(expected, actual) : differences(expected.value, actual.value);

/** Without values a symbol is its own value, a digit a number. */
const matchSymbols: Matcher = (expected, actual) => {
  const { value } = actual;
  const isNumber = expected.kind === 'value' && typeof value === 'number' && String(value) === expected.value;
  return isNumber ? [] : matchRows(expected, actual);
};

/** Any error will do where none is named; of an object only the fields that are named count. */
function matchError(expected: Mark, actual: Mark): readonly Difference[] {
  return expected.value === undefined ? [] : differences(expected.value, actual.value, true);
}

const matchPartly: Matcher = (expected, actual) => differences(expected.value, actual.value, true);
const matchAnything: Matcher = () => [];

function checkRejections(values: Readonly<Record<string, Partial<Rejection>>>): void {
  for (const [symbol, rejection] of Object.entries(values)) {
    if (typeof rejection !== 'object' || rejection === null) {
      throw new ArgumentError('expectRejections', symbol, 'an object with some fields of a rejection', rejection);
    }
    if (rejection.kind !== undefined && !rejectionKinds.includes(rejection.kind)) {
      throw new ArgumentError('expectRejections', 'kind', `one of ${rejectionKinds.join(', ')}`, rejection.kind);
    }
  }
}

function tellImbalance({ frame, line }: NonNullable<ChainRun['imbalance']>): string {
  const { step, in: received, passed, absorbed, filtered, duplicate, held } = line;
  const rejected = line.rejected.invalid + line.rejected.failed + line.rejected.late + line.rejected.ahead;
  const sum = passed + absorbed + filtered + duplicate + rejected + held;
  return [
    `expectBalancedLedger: the ledger does not balance at frame ${frame}, in the step ${written(step)}`,
    '',
    `  in         ${received}`,
    `  accounted  ${sum} = ${passed} passed + ${absorbed} absorbed + ${filtered} filtered + ${duplicate} duplicate + ${rejected} rejected + ${held} held`,
  ].join('\n');
}

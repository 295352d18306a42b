import type { CallContext } from '../../operators/index.ts';

export interface OutsideCall<In> {
  readonly value: In;
  readonly signal: AbortSignal;
  answer(result: unknown): void;
  fail(cause: unknown): void;
}

/** Outside calls that are answered by hand: what comes of an answer comes within the call of `answer`. */
export class OutsideCalls<In = number> {
  /** Not answered, the oldest first. One that was aborted stays there. */
  readonly open: OutsideCall<In>[] = [];
  /** The records of all calls that were made. */
  readonly made: In[] = [];
  /** The most that were open at a time. */
  most = 0;

  readonly fn = (value: In, { signal }: CallContext): PromiseLike<In> => {
    this.made.push(value);
    return thenable((answered, failed) => {
      const leaving = (tell: (given: unknown) => void) => (given: unknown) => {
        this.open.splice(this.open.indexOf(call), 1);
        tell(given);
      };
      const call: OutsideCall<In> = { value, signal, answer: leaving(answered), fail: leaving(failed) };
      this.open.push(call);
      this.most = Math.max(this.most, this.open.length);
    });
  };

  /** The open call for this record. */
  of(value: In): OutsideCall<In> {
    const call = this.open.find((each) => each.value === value);
    if (call === undefined) throw new Error(`no call is under way for ${String(value)}`);
    return call;
  }
}

/** Like a Promise, but that its answer is there within the call that gives it. */
export function thenable<T>(
  then: (answered: (value: unknown) => void, failed: (cause: unknown) => void) => void,
): PromiseLike<T> {
  // oxlint-disable-next-line unicorn/no-thenable -- a real Promise knows no virtual time
  return { then } as PromiseLike<T>;
}

/** Answers when `later` calls back. */
export function answerOf<T>(value: T, later: (act: () => void) => void): PromiseLike<T> {
  return thenable((answered) => later(() => answered(value)));
}

/** Lets everything happen that waits for nothing but Promises. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

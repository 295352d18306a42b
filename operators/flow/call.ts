/** What a call is handed beside the record. */
export interface CallContext {
  /** Given when nobody waits for the answer any more: it took too long, the stream has failed, or the subscriber has left. */
  readonly signal: AbortSignal;
}

/** What is done with each record. */
export type CallFunction = (value: never, context: CallContext) => unknown;

/** One outside call for one record. */
export class Call {
  state: 'waits' | 'passed' | 'failed' = 'waits';
  /** What was answered, or thrown. */
  result: unknown;
  /** What had to hold, of one that has failed. */
  rule = 'no error from the callback';
  /** Processing time at which it has taken too long. */
  readonly deadline: number;
  readonly #controller = new AbortController();

  /** Makes the call. `answered` is called with the answer, which may be at once. */
  constructor(fn: CallFunction, value: unknown, deadline: number, answered: () => void) {
    this.deadline = deadline;
    const settle = (state: 'passed' | 'failed', result: unknown): void => {
      this.#settle(state, result);
      answered();
    };
    try {
      const answer = fn(value as never, new Context(this.#controller));
      if (isPromise(answer)) {
        answer.then(
          (result) => settle('passed', result),
          (cause: unknown) => settle('failed', cause),
        );
      } else this.#settle('passed', answer);
    } catch (cause: unknown) {
      this.#settle('failed', cause);
    }
  }

  /** It has taken too long. */
  expire(rule: string, cause: unknown): void {
    this.rule = rule;
    this.#settle('failed', cause);
    this.#controller.abort(cause);
  }

  /** Nobody waits for it any more. */
  leave(): void {
    if (this.state === 'waits') this.#controller.abort();
  }

  /** The first answer counts: a call that was aborted may still give one. */
  #settle(state: 'passed' | 'failed', result: unknown): void {
    if (this.state !== 'waits') return;
    this.state = state;
    this.result = result;
  }
}

/** A signal is made when somebody asks for it: it costs more than all the rest of a call. */
class Context implements CallContext {
  readonly #controller: AbortController;

  constructor(controller: AbortController) {
    this.#controller = controller;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

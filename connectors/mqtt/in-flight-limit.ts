/** How long it may be quiet, with messages that wait for a checkpoint, before it is tried whether they hold up others. */
const firstTryMs = 100;
const longestTryMs = 5_000;
/** What the broker held back comes within this time when there is room. */
const answerMs = 50;

/**
 * How many messages the broker lets out before it waits for acknowledgements. Few brokers tell, so it is found out: when
 * nothing has come for a while, a checkpoint is asked for; if more comes just then, the broker had been waiting. If not, the
 * next try comes later.
 */
export class InFlightLimit {
  readonly #most: number;
  #limit: number;
  #tryMs = firstTryMs;
  /** What was out when it was tried. */
  #tried: number | undefined;
  #answerBy: number | undefined;

  constructor(assumed: number, most: number) {
    this.#limit = assumed;
    this.#most = most;
  }

  /** Messages that wait from which on a checkpoint is asked for. */
  get many(): number {
    return Math.ceil(this.#limit / 2);
  }

  /** So long nothing may come before it is tried. */
  get quietMs(): number {
    return this.#tryMs;
  }

  /** A checkpoint is asked for, because nothing comes while so many are out. */
  tries(out: number): void {
    this.#tried = out;
  }

  /** There is room. */
  committed(now: number): void {
    if (this.#tried === undefined) return;
    this.#answerBy = now + answerMs;
    // Unless something comes now.
    this.#tryMs = Math.min(this.#tryMs * 2, longestTryMs);
  }

  /** A message came, with which so many are out. */
  arrived(out: number, now: number): void {
    if (out > this.#limit) this.#limit = Math.min(out, this.#most);
    if (this.#answerBy === undefined) return;
    if (now <= this.#answerBy) {
      this.#limit = this.#tried as number;
      this.#tryMs = firstTryMs;
    }
    this.#tried = undefined;
    this.#answerBy = undefined;
  }
}

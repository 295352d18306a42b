/** How many records go down a chain between two looks at the clock. */
const [fewest, most] = [16, 1_024];
/** In ms: beyond the first there are fewer the next time, below the second more. */
const [long, short] = [2, 0.5];
/** How long the event loop is kept: less than the 25 ms that are promised, by what a slice may take. */
const turnMs = 16;

/**
 * How large the slices are in which a pump pushes records, and when the event loop has its turn: many records where a chain
 * is quick, for each look at the clock costs as much as one, and few where it is slow.
 */
export class Slice {
  /** Records of the next one. */
  size: number;
  readonly #most: number;
  #turnBegan: number = performance.now();
  #began: number = this.#turnBegan;

  /** `atMost`: what may be written before anybody looks whether there is room. */
  constructor(atMost: number = most) {
    this.#most = Math.min(most, atMost);
    this.size = Math.min(256, this.#most);
  }

  begin(): void {
    this.#began = performance.now();
  }

  /** Behind a slice. Answers whether another one may follow before the event loop has its turn. */
  ends(): boolean {
    const now = performance.now();
    const tookMs = now - this.#began;
    if (tookMs > long) this.size = Math.max(Math.min(fewest, this.#most), this.size >> 1);
    else if (tookMs < short) this.size = Math.min(this.#most, this.size << 1);
    this.#began = now;
    return now - this.#turnBegan < turnMs;
  }

  /** For how long the event loop has had no turn. */
  get busyMs(): number {
    return performance.now() - this.#turnBegan;
  }

  get isTurnDue(): boolean {
    return this.busyMs >= turnMs;
  }

  /** It has had one. */
  turned(): void {
    this.#turnBegan = performance.now();
  }

  /** Others had their turns for so long. */
  waited(ms: number): void {
    this.#turnBegan += ms;
  }
}

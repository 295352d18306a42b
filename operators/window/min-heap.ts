/** Things by a number, the smallest first. Of equal ones any may come first. */
export class MinHeap<T> {
  readonly #numbers: number[] = [];
  readonly #things: T[] = [];

  get size(): number {
    return this.#things.length;
  }

  /** +Infinity where there is none. */
  get smallest(): number {
    return this.#numbers.length === 0 ? Number.POSITIVE_INFINITY : (this.#numbers[0] as number);
  }

  /** Whether there is one whose number is at most this. */
  reaches(number: number): boolean {
    return this.#numbers.length > 0 && (this.#numbers[0] as number) <= number;
  }

  get first(): T | undefined {
    return this.#things[0];
  }

  push(number: number, thing: T): void {
    let place = this.#things.length;
    this.#numbers.push(number);
    this.#things.push(thing);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((this.#numbers[above] as number) <= number) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(place, number, thing);
  }

  pop(): T | undefined {
    const first = this.#things[0];
    const number = this.#numbers.pop();
    const thing = this.#things.pop();
    const size = this.#things.length;
    if (size === 0 || number === undefined) return first;
    let place = 0;
    for (let below = 1; below < size; below = 2 * place + 1) {
      if (below + 1 < size && (this.#numbers[below + 1] as number) < (this.#numbers[below] as number)) below++;
      if ((this.#numbers[below] as number) >= number) break;
      this.#move(below, place);
      place = below;
    }
    this.#put(place, number, thing as T);
    return first;
  }

  /** Keeps the things that are accepted. */
  keep(wanted: (number: number, thing: T) => boolean): void {
    const numbers = this.#numbers.splice(0);
    this.#things.splice(0).forEach((thing, index) => {
      const number = numbers[index] as number;
      if (wanted(number, thing)) this.push(number, thing);
    });
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#numbers[from] as number, this.#things[from] as T);
  }

  #put(place: number, number: number, thing: T): void {
    this.#numbers[place] = number;
    this.#things[place] = thing;
  }
}

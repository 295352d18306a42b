import type { Clock } from '../../../core/clock.ts';
import type { Encoder } from '../../../core/format.ts';
import type { Plain } from '../../../core/plain.ts';
import type { Disk } from '../disk/disk.ts';
import type { OutputState, PartState } from './output-state.ts';
import { Part, type PartPlace } from './part.ts';
import { hiddenName, partName } from './part-name.ts';
import type { OutputSettings } from './output-settings.ts';

/** What a path had at a cut. */
export interface OutputCut<T> {
  readonly output: Output<T>;
  readonly current: Part | undefined;
  readonly ended: readonly Part[];
  /** What the checkpoint holds of it, as soon as its rows are durable. */
  state(): OutputState;
}

/** One path: the part that rows go to, those that are complete and not seen yet, and how its rows are encoded. */
export class Output<T> {
  readonly path: string;
  /** Whether it has been opened, in this life or in one before. */
  isBegun = false;
  /** What stands in front of the first row of each part, once the first row has told. */
  head: string | undefined;
  /** How many parts there were before the first of its own. */
  base = 0;
  /** The next part, counted from there. */
  next = 1;
  current: Part | undefined;
  /** Parts that are complete, and not shown yet. */
  ended: Part[] = [];
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #settings: OutputSettings<T>;
  readonly #roll: OutputSettings<T>['roll'];
  #encoder: Encoder<T>;

  constructor(disk: Disk, clock: Clock, settings: OutputSettings<T>, path: string, learnt?: Plain) {
    this.#disk = disk;
    this.#clock = clock;
    this.#settings = settings;
    this.#roll = settings.roll;
    this.path = path;
    this.#encoder = settings.encoder(undefined, learnt);
    if (settings.roll === undefined) this.current = new Part(disk, { path, shown: path, number: 0 });
  }

  /** Of a file that is gone on with: what stands at its beginning. */
  read(beginning: Uint8Array): void {
    this.#encoder = this.#settings.encoder(beginning);
    this.head = '';
  }

  /** @throws TypeError where the format cannot write the row: nothing of it was taken. */
  encode(row: T): string {
    if (this.head !== undefined) return this.#encoder.row(row);
    const head = this.#encoder.head(row);
    const text = this.#encoder.row(row);
    this.head = head;
    return text;
  }

  /** The part that an encoded row goes to. */
  partFor(text: string): Part {
    // As it is for nearly every row.
    if (this.#roll === undefined && this.current?.isBlank === false) return this.current;
    const size = Buffer.byteLength(text);
    const now = this.#clock.now();
    if (this.current !== undefined && this.#isFull(this.current, size, now)) this.end();
    const part = (this.current ??= this.#begin(now));
    if (part.isBlank) {
      part.isBlank = false;
      part.front = this.head ?? '';
      part.content += Buffer.byteLength(part.front);
    }
    part.content += size;
    return part;
  }

  /** The part that rows go to takes no more, and is answered. */
  end(): readonly Part[] {
    const part = this.current === undefined ? [] : [this.current];
    this.ended.push(...part);
    this.current = undefined;
    return part;
  }

  /** Those that are not seen yet. */
  get parts(): readonly Part[] {
    return this.current === undefined ? this.ended : [...this.ended, this.current];
  }

  /** When its time is over; +Infinity: it has none. */
  get dueAt(): number {
    const { current } = this;
    return current === undefined ? Number.POSITIVE_INFINITY : current.since + (this.#roll?.everyMs ?? Infinity);
  }

  /** Where its part of this number is. */
  placeOf(number: number): PartPlace {
    const shown = partName(this.path, number);
    return { path: hiddenName(shown), shown, number };
  }

  /** The first part of its own has this number: rows may have come before anybody looked. */
  beginAt(number: number): void {
    for (const part of this.parts) part.place = this.placeOf(part.place.number - this.base + number - 1);
    this.base = number - 1;
  }

  cut(): OutputCut<T> {
    const { path, head, next, current, ended } = this;
    const learnt = this.#encoder.learnt?.();
    const known = { path, ...(learnt === undefined ? {} : { learnt }) };
    if (this.#roll === undefined) {
      const state = (): OutputState => {
        const { length = 0, front = '' } = current ?? {};
        return { ...known, bytes: length, ...(length > 0 && front !== '' ? { front } : {}) };
      };
      return { output: this, current, ended: [], state };
    }
    const open = current === undefined ? undefined : { content: current.content, since: current.since };
    const all = [...ended];
    const state = (): OutputState => ({
      ...known,
      parts: {
        next: this.base + next,
        ...(head === undefined ? {} : { head }),
        ...(open === undefined || current === undefined ? {} : { open: { ...stateOfPart(current), ...open } }),
        ended: all.map(stateOfPart),
      },
    });
    return { output: this, current, ended: all, state };
  }

  #begin(now: number): Part {
    const part = new Part(this.#disk, this.placeOf(this.base + this.next++));
    part.since = now;
    return part;
  }

  #isFull(part: Part, size: number, now: number): boolean {
    if (this.#roll === undefined || part.isBlank) return false;
    return part.content + size > this.#roll.bytes || now - part.since >= this.#roll.everyMs;
  }
}

function stateOfPart({ place, length }: Part): PartState {
  return { number: place.number, bytes: length };
}

import { type Stored, stored } from './stored-name.ts';

/** The cuts of a job in their order, and the files of those that are stored. Ids are in their safe form. */
export class KnownFiles {
  readonly #files = new Map<string, Stored>();
  /** Those included that are not stored, but noted behind. */
  readonly #places = new Map<string, number>();
  #newest: Pick<Stored, 'place' | 'safeId'> = { place: 0, safeId: '' };
  readonly #notes = new Map<string, Stored>();
  /** Those whose file cannot be read. */
  readonly #damaged = new Set<string>();

  /** A file that is there. */
  add(file: Stored): void {
    this.#places.set(file.safeId, file.place);
    if (file.place > this.#newest.place) this.#newest = file;
    if (file.kind === 'notes') this.#notes.set(file.name, file);
    else this.#files.set(file.safeId, file);
  }

  /** A file that is there no more. */
  remove(file: Stored): void {
    this.#notes.delete(file.name);
    if (this.#files.get(file.safeId)?.name !== file.name) return;
    this.#files.delete(file.safeId);
    this.#places.delete(file.safeId);
  }

  damaged(safeId: string): void {
    this.#damaged.add(safeId);
  }

  /** The checkpoint of this id. */
  of(safeId: string): Stored | undefined {
    return this.#files.get(safeId);
  }

  placeOf(safeId: string): number | undefined {
    return this.#places.get(safeId);
  }

  /** Checkpoints, the newest first. */
  get all(): readonly Stored[] {
    return [...this.#files.values()].toSorted((left, right) => right.place - left.place);
  }

  /** What may go where so many that are committed and whole stay; in their order. */
  old(staying: number): readonly Stored[] {
    const whole = this.all.filter(({ kind, safeId }) => kind === 'committed' && !this.#damaged.has(safeId));
    const [needed, oldest] = [whole[staying - 1], this.all.at(-1)];
    if (needed === undefined || oldest === undefined) return [];
    // First the notes of checkpoints that have gone durably: none that is there, or may be again, is without its notes.
    const isOld = ({ kind, place }: Stored): boolean => place < (kind === 'notes' ? oldest : needed).place;
    const old = [...this.#notes.values(), ...this.#files.values()].filter(isOld);
    return old.toSorted((left, right) => left.place - right.place);
  }

  /** The place of a cut that is new, or the newest: something may have been noted behind it before it is stored. */
  newCut(safeId: string): number {
    if (this.#newest.safeId !== safeId) {
      this.#newest = { place: this.#newest.place + 1, safeId };
      this.#places.set(safeId, this.#newest.place);
    }
    return this.#newest.place;
  }

  /**
   * Where a note is written that is made now: behind the newest cut, also when a job goes on from an older one, so that
   * what was noted last stands last.
   */
  get notes(): Stored {
    return stored(this.#newest.place, this.#newest.safeId, 'notes');
  }
}

import { ConnectorError } from '../../../core/errors.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { codeOf, fileError } from '../file-error.ts';
import { fileExists } from './file-exists.ts';
import { GzipMember } from './gzip-member.ts';

const where = 'toFile';

export interface PartPlace {
  /** Where it is written. */
  readonly path: string;
  /** Where readers find it when it is complete. */
  readonly shown: string;
  /** Of a part: which one it is. */
  readonly number: number;
}

/** A file that rows go to: the whole output, or a part of one that is rolled. It keeps count of the place of the next byte. */
export class Part {
  /** Known for sure when its output has been begun. */
  place: PartPlace;
  /** Bytes of its rows before compression, those that are not sent yet included. */
  content = 0;
  /** When its first row came. */
  since = 0;
  /** Whether it has no row, sent or not. */
  isBlank = true;
  /** What stands in front of the next row: a header, the end of a line that was torn. */
  front = '';
  /** Bytes of the file that are as they must be. */
  length = 0;
  /** How long it was at the cut that was committed last. */
  committed = -1;
  readonly #disk: Disk;
  #identity: string | undefined;
  #file: DiskFile | undefined;
  #member: GzipMember | undefined;
  #isDirty = false;

  constructor(disk: Disk, place: PartPlace) {
    this.#disk = disk;
    this.place = place;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  get isRolled(): boolean {
    return this.place.path !== this.place.shown;
  }

  get isPacked(): boolean {
    return this.place.shown.endsWith('.gz');
  }

  /** The file is there already, and goes on at this length. */
  adopt(identity: string, length: number): void {
    this.#identity = identity;
    this.length = length;
  }

  /** Opens it, unless it is open: what is not there is made, and nothing else may be there. */
  async open(): Promise<void> {
    if (this.#file !== undefined) return;
    try {
      const isNew = this.#identity === undefined;
      if (!isNew) await this.#checkPath();
      this.#file = await this.#disk.open(this.place.path, isNew ? 'new' : 'write');
      const { identity, size } = await this.#file.stat();
      this.#isDirty ||= isNew;
      this.#identity ??= identity;
      this.#check(identity, size);
    } catch (cause) {
      throw codeOf(cause) === 'EEXIST'
        ? fileExists(this.place.path, cause)
        : fileError(where, 'open', this.place.path, cause);
    }
  }

  async append(rows: Uint8Array): Promise<void> {
    const bytes = this.front === '' ? rows : Buffer.concat([Buffer.from(this.front), rows]);
    this.front = '';
    if (this.isPacked) await this.#write(await (this.#member ??= new GzipMember()).add(bytes));
    else await this.#write(bytes);
  }

  /** Makes durable what it has, so that it can be read by itself. */
  async harden(): Promise<void> {
    // No bytes at all are not a gzip file.
    if (this.isPacked && this.length === 0 && this.#file !== undefined) this.#member ??= new GzipMember();
    if (this.#member !== undefined) {
      await this.#write(await this.#member.end());
      this.#member = undefined;
    }
    if (!this.#isDirty) return;
    try {
      await this.#file?.sync();
      this.#isDirty = false;
      await this.#checkPath();
    } catch (cause) {
      throw fileError(where, 'write', this.place.path, cause);
    }
  }

  /** Gives it the name that readers know. */
  async show(): Promise<void> {
    const { path, shown } = this.place;
    try {
      if (this.#identity !== undefined) await this.#checkPath();
      const there = await this.#disk.stat(shown);
      if (there === undefined) await this.#disk.rename(path, shown);
      else if (there.identity !== (await this.#disk.stat(path))?.identity) throw fileExists(shown);
      // The power failed in the middle of renaming: it has both names.
      else await this.#disk.remove(path);
    } catch (cause) {
      throw fileError(where, 'show', shown, cause);
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#member?.discard();
    this.#member = undefined;
    await file?.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#file === undefined) throw new Error('it is not open');
      const { identity, size } = await this.#file.stat();
      // Behind an end that has moved the bytes would follow zeros.
      this.#check(identity, size);
      await this.#file.write(bytes, this.length);
    } catch (cause) {
      throw fileError(where, 'write', this.place.path, cause);
    }
    this.length += bytes.length;
    this.#isDirty = true;
  }

  async #checkPath(): Promise<void> {
    const found = await this.#disk.stat(this.place.path);
    this.#check(found?.identity, found?.size ?? 0);
  }

  /** Somebody may have moved it away, put another in its place, cut it, or written behind it. */
  #check(identity: string | undefined, size: number): void {
    if (identity === this.#identity && size === this.length) return;
    const what =
      identity === this.#identity
        ? `has ${size} bytes, and ${this.length} were written: somebody else has changed it`
        : 'is not the file any more that was opened: somebody has moved or replaced it';
    throw new ConnectorError(where, `"${this.place.path}" ${what}`, { retryable: false });
  }
}

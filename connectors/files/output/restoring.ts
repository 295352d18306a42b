import type { Clock } from '../../../core/clock.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { fileError } from '../file-error.ts';
import type { Folders } from './folders.ts';
import { cutTo } from './opening.ts';
import type { OpeningNote, OutputState, PartState, PartsState } from './output-state.ts';
import { Output } from './output.ts';
import { Part, type PartPlace } from './part.ts';
import { PartsThere } from './parts-there.ts';
import type { OutputSettings } from './output-settings.ts';

const where = 'toFile';

/**
 * Takes paths back to where they were at a checkpoint, durably: what looks right may have been made so by a former writer
 * that failed before it could sync.
 */
export class Restoring<T> {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #settings: OutputSettings<T>;
  readonly #folders: Folders;
  readonly #there: PartsThere;

  constructor(disk: Disk, clock: Clock, settings: OutputSettings<T>, folders: Folders) {
    this.#disk = disk;
    this.#clock = clock;
    this.#settings = settings;
    this.#folders = folders;
    this.#there = new PartsThere(disk);
  }

  /** A path that the checkpoint holds. */
  async restore(state: OutputState): Promise<Output<T>> {
    const { path, bytes = 0, front = '', parts, learnt } = state;
    if ((parts === undefined) !== (this.#settings.roll === undefined)) {
      const was = parts === undefined ? 'was one file' : 'was rolled';
      throw failure(`the checkpoint is of another sink: "${path}" ${was} there, and \`roll\` says otherwise now`);
    }
    const output = new Output(this.#disk, this.#clock, this.#settings, path, learnt);
    this.#folders.changed(path);
    try {
      if (parts !== undefined) await this.#parts(output, parts);
      else if (output.current !== undefined) {
        await this.#whole(output.current, bytes);
        output.current.front = front;
        if (bytes > 0) output.head = '';
      }
    } catch (cause) {
      throw fileError(where, 'open', path, cause);
    }
    output.isBegun = true;
    return output;
  }

  /** A path that was opened for the first time behind the checkpoint, as far as it was. */
  async undo({ path, bytes = 0, isNew, next }: OpeningNote): Promise<void> {
    this.#folders.changed(path);
    try {
      if (next !== undefined) {
        await this.#removeFrom(path, next);
        return;
      }
      const found = await this.#disk.stat(path);
      if (found === undefined) return;
      if (isNew === true) await this.#disk.remove(path);
      else await this.#length(path, found.size, bytes);
    } catch (cause) {
      throw fileError(where, 'open', path, cause);
    }
  }

  async #whole(part: Part, bytes: number): Promise<void> {
    const { path } = part.place;
    const found = await this.#disk.stat(path);
    // Nothing of it was durable, its name neither.
    if (found === undefined && bytes === 0) return;
    if (found === undefined) throw missing(path, bytes);
    await this.#length(path, found.size, bytes);
    part.adopt(found.identity, bytes);
    part.isBlank = bytes === 0;
  }

  async #parts(output: Output<T>, { next, head, open, ended }: PartsState): Promise<void> {
    output.next = next;
    output.head = head;
    await this.#removeFrom(output.path, next);
    for (const part of ended) await this.#show(output.placeOf(part.number), part);
    if (open === undefined) return;
    const part = new Part(this.#disk, output.placeOf(open.number));
    if (!(await this.#takeBack(part.place, open))) return;
    await this.#whole(part, open.bytes);
    part.content = open.content;
    part.since = open.since;
    part.isBlank = false;
    part.committed = open.bytes;
    output.current = part;
  }

  /** The checkpoint is stored, so its parts are complete: what was to be done behind it is done now. */
  async #show(place: PartPlace, { bytes }: PartState): Promise<void> {
    const hidden = await this.#disk.stat(place.path);
    if (hidden === undefined) {
      const shown = await this.#disk.stat(place.shown);
      if (shown === undefined) throw missing(place.shown, bytes);
      if (shown.size !== bytes) throw failure(`"${place.shown}" ${lengths(shown.size, bytes)}`);
      return;
    }
    await this.#length(place.path, hidden.size, bytes);
    await new Part(this.#disk, place).show();
  }

  /** Whether the part that was open takes more rows: one that was shown as it is, when its job stopped, is complete. */
  async #takeBack({ path, shown }: PartPlace, { bytes }: PartState): Promise<boolean> {
    const seen = await this.#disk.stat(shown);
    if (seen === undefined) return true;
    if (seen.size === bytes) {
      // The power failed in the middle of renaming.
      await this.#disk.remove(path);
      return false;
    }
    // A later checkpoint, which is given up, had shown it.
    const hidden = await this.#disk.stat(path);
    if (hidden !== undefined && hidden.identity !== seen.identity) {
      throw failure(`"${shown}" and "${path}" are both there`);
    }
    await this.#disk.rename(shown, path);
    return true;
  }

  async #removeFrom(path: string, first: number): Promise<void> {
    for (const part of await this.#there.of(path)) if (part.number >= first) await this.#disk.remove(part.path);
  }

  async #length(path: string, found: number, bytes: number): Promise<void> {
    if (found < bytes) throw failure(`"${path}" ${lengths(found, bytes)}`);
    await cutTo(this.#disk, path, found, bytes);
  }
}

function lengths(found: number, bytes: number): string {
  const is = found < bytes ? 'shorter' : 'longer';
  return `is ${is} (${found} bytes) than the checkpoint says (${bytes}): it was cut or replaced`;
}

function missing(path: string, bytes: number): ConnectorError {
  const what = `"${path}" is not there, and the checkpoint says that it has ${bytes} bytes`;
  return new ConnectorError(where, what, { retryable: false, code: 'ML_FILE_NOT_FOUND' });
}

function failure(what: string): ConnectorError {
  return new ConnectorError(where, what, { retryable: false });
}

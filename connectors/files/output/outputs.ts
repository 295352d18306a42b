import { dirname, resolve } from 'node:path';
import { ConnectorError } from '../../../core/errors.ts';
import { show } from '../../../core/show.ts';
import type { SinkRequest } from '../../../core/sink.ts';
import type { Disk } from '../disk/disk.ts';
import { Locks } from '../disk/locks.ts';
import type { World } from '../disk/world.ts';
import { atOnce } from '../disk/at-once.ts';
import { Beginnings } from './beginnings.ts';
import { Folders } from './folders.ts';
import { type OpeningNote, openingsOf, outputsOf } from './output-state.ts';
import { OpenParts } from './open-parts.ts';
import { Output, type OutputCut } from './output.ts';
import type { Part } from './part.ts';
import { pathOfRow } from './path-of-row.ts';
import { lockName } from './part-name.ts';
import { Restoring } from './restoring.ts';
import type { OutputSettings } from './output-settings.ts';

const where = 'toFile';

/** The paths that a sink writes to, and their locks. */
export class Outputs<T> {
  readonly all: Output<T>[] = [];
  readonly #locks: Locks;
  readonly #open = new OpenParts();
  readonly #folders: Folders;
  readonly #beginnings: Beginnings<T>;
  readonly #disk: Disk;
  readonly #settings: OutputSettings<T>;
  readonly #request: SinkRequest;
  /** By each way in which rows name them. */
  readonly #byName = new Map<string, Output<T>>();
  readonly #byPath = new Map<string, Output<T>>();
  readonly #locked = new Set<string>();

  constructor(settings: OutputSettings<T>, request: SinkRequest, { disk, processes }: World) {
    this.#settings = settings;
    this.#request = request;
    this.#disk = disk;
    this.#locks = new Locks(disk, processes);
    this.#folders = new Folders(disk);
    this.#beginnings = new Beginnings({
      disk,
      settings,
      folders: this.#folders,
      lock: (path) => this.#lock(path),
      note: (state) => request.note(state),
      use: (part) => this.use(part),
    });
  }

  /** Goes back to the checkpoint; opens the path, where there is but one. */
  async restore(): Promise<void> {
    const { path } = this.#settings;
    const states = outputsOf(where, this.#request.state);
    const openings = openingsOf(where, this.#request.notes);
    const other = typeof path === 'string' ? states.find((state) => state.path !== path) : undefined;
    if (other !== undefined) throw failure(`the checkpoint is of another file than ${show(path)}: "${other.path}"`);
    const restoring = new Restoring(this.#disk, this.#request.clock, this.#settings, this.#folders);
    await atOnce(states, async (state) => {
      await this.#lock(state.path);
      this.#add(await restoring.restore(state));
    });
    const behind = [...openings.values()].filter((opening) => !this.#byPath.has(resolve(opening.path)));
    await atOnce(behind, async (opening) => {
      // Its folder may have been made behind the checkpoint, too, and be gone with the power.
      if ((await this.#disk.stat(dirname(opening.path))) === undefined) return;
      await this.#lock(opening.path);
      await restoring.undo(opening);
    });
    await this.#folders.sync();
    if (typeof path !== 'string') return;
    const output = this.#byPath.get(resolve(path)) ?? this.#add(this.#make(path));
    if (!output.isBegun)
      for (const [each, opening] of await this.note([output])) await this.#beginnings.begin(each, opening);
    else if (output.current?.isRolled === false) await this.use(output.current);
  }

  /**
   * Where a row goes: nothing is opened.
   *
   * @throws TypeError where the row names no path.
   */
  of(row: T): Output<T> {
    const { path } = this.#settings;
    if (typeof path === 'string') return this.all[0] as Output<T>;
    const name = path(row);
    const known = this.#byName.get(name as string);
    if (known !== undefined) return known;
    const checked = pathOfRow(name);
    const output = this.#byPath.get(resolve(checked)) ?? this.#add(this.#make(checked));
    this.#byName.set(name as string, output);
    return output;
  }

  /** Looks at paths that are to be opened for the first time, and notes what becomes of each; nothing is touched yet. */
  note(outputs: readonly Output<T>[]): Promise<ReadonlyMap<Output<T>, OpeningNote>> {
    return this.#beginnings.note(outputs);
  }

  /** Opens paths for the first time, and does something with each that is one file. */
  async beginEach(openings: ReadonlyMap<Output<T>, OpeningNote>, act: (part: Part) => Promise<void>): Promise<void> {
    await this.#open.inTurns([...openings], async ([output, opening]) => {
      await this.#beginnings.begin(output, opening);
      if (output.current?.isRolled === false) await act(output.current);
    });
  }

  /** Opens a part, unless it is open. */
  async use(part: Part): Promise<void> {
    await this.#open.use(part);
    if (part.length === 0) this.#folders.changed(part.place.path);
  }

  async useEach(parts: readonly Part[], act: (part: Part) => Promise<void>): Promise<void> {
    await this.#open.inTurns(parts, async (part) => {
      await this.use(part);
      await act(part);
    });
  }

  /** Parts that take no more rows. */
  rest(parts: readonly Part[]): Promise<void> {
    return this.#open.rest(parts);
  }

  /** What each has, those included that are about to be begun. */
  cut(met: ReadonlySet<Output<T>>): readonly OutputCut<T>[] {
    return this.all.filter((output) => output.isBegun || met.has(output)).map((output) => output.cut());
  }

  /** The parts that rows go to. */
  get current(): readonly Part[] {
    return this.all.flatMap(({ current }) => (current === undefined ? [] : [current]));
  }

  /** When the time of the first part is over. */
  get dueAt(): number {
    return this.all.reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY);
  }

  /** Ends the parts whose time is over, and answers them. */
  endDue(): readonly Part[] {
    const now = this.#request.clock.now();
    return this.all.filter(({ dueAt }) => dueAt <= now).flatMap((output) => output.end());
  }

  async show(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      await part.close();
      await part.show();
      this.#folders.changed(part.place.shown);
    }
  }

  /** Makes names durable; then everything that was written is still its own. */
  async harden(): Promise<void> {
    await this.#folders.sync();
    await this.#locks.check(where);
  }

  async close(): Promise<void> {
    try {
      await this.#open.close();
    } finally {
      await this.#locks.release();
    }
  }

  #make(path: string): Output<T> {
    return new Output(this.#disk, this.#request.clock, this.#settings, path);
  }

  #add(output: Output<T>): Output<T> {
    this.all.push(output);
    this.#byPath.set(resolve(output.path), output);
    return output;
  }

  async #lock(path: string): Promise<void> {
    const lock = lockName(path);
    if (this.#locked.has(lock)) return;
    await this.#locks.take(where, path, lock);
    this.#locked.add(lock);
  }
}

function failure(what: string): ConnectorError {
  return new ConnectorError(where, what, { retryable: false });
}

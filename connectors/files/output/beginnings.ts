import { dirname } from 'node:path';
import { ConnectorError } from '../../../core/errors.ts';
import type { SinkState } from '../../../core/sink.ts';
import { atOnce } from '../disk/at-once.ts';
import type { Disk } from '../disk/disk.ts';
import { fileError } from '../file-error.ts';
import type { Folders } from './folders.ts';
import { begin, lookAt } from './opening.ts';
import { type OpeningNote, openingNote, withdrawal } from './output-state.ts';
import type { Output } from './output.ts';
import type { OutputSettings } from './output-settings.ts';
import type { Part } from './part.ts';
import { PartsThere } from './parts-there.ts';

export interface BeginningsOptions<T> {
  readonly disk: Disk;
  readonly settings: OutputSettings<T>;
  readonly folders: Folders;
  readonly lock: (path: string) => Promise<void>;
  /** Writes it into the store, durably. */
  readonly note: (state: SinkState) => Promise<void>;
  /** Opens a part. */
  readonly use: (part: Part) => Promise<void>;
}

/** Paths that are opened for the first time: what becomes of each is noted before it is touched. */
export class Beginnings<T> {
  readonly #options: BeginningsOptions<T>;

  constructor(options: BeginningsOptions<T>) {
    this.#options = options;
  }

  /** Looks at the paths, and notes what becomes of each; nothing is touched yet. */
  async note(outputs: readonly Output<T>[]): Promise<ReadonlyMap<Output<T>, OpeningNote>> {
    const { disk, settings, folders, lock } = this.#options;
    const parts = new PartsThere(disk);
    const found = new Map<Output<T>, OpeningNote>();
    const look = async (output: Output<T>): Promise<void> => {
      // The folder of a path that the program names is of the program's making.
      if (typeof settings.path !== 'string') await folders.make(dirname(output.path));
      await lock(output.path);
      found.set(output, await lookAt(disk, settings, output, parts));
    };
    await atOnce(outputs, look);
    const openings = new Map(outputs.map((output) => [output, found.get(output) as OpeningNote]));
    if (openings.size > 0) await this.#note(openingNote([...openings.values()]));
    return openings;
  }

  async begin(output: Output<T>, opening: OpeningNote): Promise<void> {
    const { disk, settings, use } = this.#options;
    try {
      await begin(disk, settings, output, opening);
      if (output.current?.isRolled === false) await use(output.current);
    } catch (cause) {
      // It came in between: a job that restarts must not take it for its own.
      const isForeign = cause instanceof ConnectorError && cause.code === 'ML_FILE_EXISTS';
      if (isForeign) await this.#note(withdrawal(output.path));
      throw cause;
    }
    output.isBegun = true;
  }

  async #note(state: SinkState): Promise<void> {
    try {
      await this.#options.note(state);
    } catch (cause) {
      throw fileError('toFile', 'note', String(this.#options.settings.path), cause);
    }
  }
}

import { dirname } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { foldersFrom } from '../disk/folders-from.ts';
import { fileError } from '../file-error.ts';
import { atOnce } from '../disk/at-once.ts';

const where = 'toFile';

/** The folders that are written to: names in them are durable when they are synced. */
export class Folders {
  readonly #disk: Disk;
  /** Those whose names have changed since. */
  readonly #changed = new Set<string>();
  readonly #made = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** A file has come, gone, or has another name. */
  changed(path: string): void {
    this.#changed.add(dirname(path));
  }

  async make(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    try {
      await this.#disk.makeFolder(folder);
    } catch (cause) {
      throw fileError(where, 'make', folder, cause);
    }
    // Which of them were there durably nobody knows: a former writer may have made them, and failed.
    for (const above of foldersFrom(folder)) {
      if (!this.#made.has(above)) this.#changed.add(above);
      this.#made.add(above);
    }
  }

  async sync(): Promise<void> {
    await atOnce([...this.#changed], async (folder) => {
      try {
        await this.#disk.syncFolder(folder);
      } catch (cause) {
        throw fileError(where, 'write', folder, cause);
      }
      this.#changed.delete(folder);
    });
  }
}

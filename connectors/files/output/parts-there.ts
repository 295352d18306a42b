import { dirname, join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { partKey, partOf } from './part-name.ts';

export interface PartThere {
  readonly path: string;
  readonly number: number;
}

/** The parts that are there, seen or not, for a moment in which nobody else makes any: each folder is read once. */
export class PartsThere {
  readonly #disk: Disk;
  readonly #folders = new Map<string, Promise<ReadonlyMap<string, readonly PartThere[]>>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** In the order of their numbers. */
  async of(path: string): Promise<readonly PartThere[]> {
    const folder = dirname(path);
    const read = this.#folders.get(folder) ?? this.#read(folder);
    this.#folders.set(folder, read);
    return (await read).get(partKey(path)) ?? [];
  }

  async #read(folder: string): Promise<ReadonlyMap<string, readonly PartThere[]>> {
    const found = new Map<string, PartThere[]>();
    for (const name of (await this.#disk.names(folder)) ?? []) {
      const part = partOf(name);
      if (part === undefined) continue;
      const parts = found.get(part.key) ?? [];
      parts.push({ path: join(folder, name), number: part.number });
      found.set(part.key, parts);
    }
    for (const parts of found.values()) parts.sort((left, right) => left.number - right.number);
    return found;
  }
}

import { dirname, join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { partNumbers } from './part-name.ts';

export interface PartThere {
  readonly path: string;
  readonly number: number;
}

/** The parts that are there, seen or not, for a moment in which nobody else makes any: each folder is read once. */
export class PartsThere {
  readonly #disk: Disk;
  readonly #folders = new Map<string, Promise<readonly string[] | undefined>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** In the order of their numbers. */
  async of(path: string): Promise<readonly PartThere[]> {
    const folder = dirname(path);
    const names = this.#folders.get(folder) ?? this.#disk.names(folder);
    this.#folders.set(folder, names);
    const numberOf = partNumbers(path);
    const parts = ((await names) ?? []).flatMap((name) => {
      const number = numberOf(name);
      return number === undefined ? [] : [{ path: join(folder, name), number }];
    });
    return parts.toSorted((left, right) => left.number - right.number);
  }
}

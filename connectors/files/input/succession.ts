import type { FilePosition } from './file-position.ts';
import type { PathsInOrder } from './followed-paths.ts';
import { type Generation, generationAt, generationsOf, isNewer, openAt } from './generations.ts';
import type { FileRequest, OpenFile } from './open-file.ts';

/** A file, and the path for which it stands. */
export interface Successor {
  readonly path: string;
  readonly generation: Generation;
}

/** Which file comes behind which, where paths are followed; and what was gone before it could be read. */
export class Succession {
  /** Bytes that the file which was lost is known to have had. */
  knownBytes = 0;
  readonly #paths: PathsInOrder;
  readonly #request: FileRequest;
  /** Of paths that are waited for: when what was there, of older rotations, was last written to. */
  readonly #old = new Map<string, bigint>();

  constructor(paths: PathsInOrder, request: FileRequest) {
    this.#paths = paths;
    this.#request = request;
  }

  /** Where to begin: with the oldest file that the user has named. */
  async first(): Promise<Successor | undefined> {
    for (const path of this.#paths.all) {
      const generations = await generationsOf(this.#request.where, path);
      const named = this.#paths.rotated(path);
      const begin = generations.find((each) => each.path === path || named.has(each.path));
      if (begin !== undefined) return { path, generation: begin };
      // It is waited for: what a quick rotation makes of it meanwhile is read, too.
      const old = this.#old.get(path) ?? generations.at(-1)?.modified ?? -1n;
      this.#old.set(path, old);
      const generation = generations.find(({ modified, size }) => modified > old && size > 0n);
      if (generation !== undefined) return { path, generation };
    }
    return undefined;
  }

  /** The next file that has something in it. */
  async after(position: FilePosition): Promise<Successor | undefined> {
    const { path } = position;
    const generations = await generationsOf(this.#request.where, path);
    // Nobody packs a file before those that are older.
    const isPackedToo = !generations.some(
      ({ inode, compression }) => inode === position.inode && compression === 'none',
    );
    for (const generation of generations) {
      const isLater = generation.path === path || isNewer(generation, position);
      if (!isLater || generation.size === 0n || (generation.compression !== 'none' && !isPackedToo)) continue;
      if (!(await this.#isRead(generation, position))) return { path, generation };
    }
    return this.laterPath(path);
  }

  /** The first of the later paths that has something in it. */
  async laterPath(path: string): Promise<Successor | undefined> {
    for (const later of this.#paths.all) {
      if (later <= path) continue;
      const generation = await generationAt(this.#request.where, later);
      if (generation !== undefined && generation.size > 0n) return { path: later, generation };
    }
    return undefined;
  }

  /** Says what is gone, as far as anybody can know it. */
  found({ path, state }: FilePosition, file: OpenFile | undefined): void {
    const known = this.knownBytes;
    this.knownBytes = 0;
    const saved = file === undefined ? state.offset : Number(file.size);
    if (file?.isPacked === true || (file !== undefined && known <= saved)) return;
    const bytes = known > saved ? `at least ${known - saved} bytes` : 'it cannot be known whether there was any';
    const why = file === undefined ? 'was cut, replaced or removed' : `was cut, and "${file.path}" has less of it`;
    this.#request.warn(`"${path}" ${why}: what stood behind byte ${saved} and had not been read is gone (${bytes})`);
  }

  /** Whether it is the file that was read to its end, or that file packed. */
  async #isRead(generation: Generation, position: FilePosition): Promise<boolean> {
    const isItself = generation.inode === position.inode;
    if (!isItself && generation.compression === 'none') return false;
    if (position.state.offset === 0) return isItself;
    const file = await openAt(generation, position, this.#request);
    try {
      return file !== undefined && (isItself || (await file.next()).length === 0);
    } finally {
      await file?.close();
    }
  }
}

import { basename } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { withoutPacking } from './compression.ts';
import { findFiles } from './find-files.ts';
import { byCodeUnits, type Paths } from './paths.ts';
import { originalsOf } from './rotated-names.ts';

/** A pattern is held against the folders once in so many ms. */
const refreshMs = 1_000;

/** Which paths are followed, one after the other. */
export interface PathsInOrder {
  /** By name. */
  readonly all: readonly string[];
  /** The files that the user has named, too, and that a rotation has made of this one. */
  rotated(path: string): ReadonlySet<string>;
}

/**
 * The paths that are followed: those that were named, whether there is a file or not, and those that match, or did. What a
 * rotation has made of another one of them is not followed for itself.
 */
export class FollowedPaths implements PathsInOrder {
  all: readonly string[] = [];
  readonly #where: string;
  readonly #paths: Paths;
  readonly #clock: Clock;
  readonly #known: Set<string>;
  readonly #rotated = new Map<string, Set<string>>();
  #refreshed: number | undefined;

  /** `known`: paths that were followed before. */
  constructor(where: string, paths: Paths, known: readonly string[], clock: Clock) {
    this.#where = where;
    this.#paths = paths;
    this.#known = new Set([...paths.literal, ...known]);
    this.#clock = clock;
  }

  rotated(path: string): ReadonlySet<string> {
    return this.#rotated.get(path) ?? new Set();
  }

  /** Looks again, where that is due. */
  async refresh(): Promise<void> {
    const now = this.#clock.now();
    if (this.#refreshed !== undefined && (this.#paths.globs.length === 0 || now < this.#refreshed + refreshMs)) return;
    this.#refreshed = now;
    for (const glob of this.#paths.globs) {
      for (const path of await findFiles(this.#where, glob)) this.#known.add(path);
    }
    const followed = new Set<string>();
    for (const path of this.#known) {
      const original = this.#originalOf(path) ?? withoutPacking(path);
      followed.add(original);
      if (original !== path) this.#rotatedOf(original).add(path);
    }
    this.all = [...followed].toSorted(byCodeUnits);
  }

  /** The shortest is the first: `app.log`, not `app.log.2`, of `app.log.2.gz`. */
  #originalOf(path: string): string | undefined {
    const name = basename(path);
    const folder = path.slice(0, path.length - name.length);
    const originals = originalsOf(name).map((each) => folder + each);
    return originals.filter((each) => this.#known.has(each)).toSorted((a, b) => a.length - b.length)[0];
  }

  #rotatedOf(path: string): Set<string> {
    const rotated = this.#rotated.get(path) ?? new Set();
    this.#rotated.set(path, rotated);
    return rotated;
  }
}

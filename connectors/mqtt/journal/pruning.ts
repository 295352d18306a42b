import type { Disk } from '../../files/disk/disk.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { Segments } from './segments.ts';

/** A store may go back to the checkpoint before the newest, or to the one before that. */
const kept = 3;

export interface PruningOptions {
  readonly disk: Disk;
  readonly segments: Segments;
  readonly writer: Pick<JournalWriter, 'done' | 'renew' | 'last' | 'pending'>;
  readonly maxBytes: number;
  /** Messages up to this number were done with when the journal was opened. */
  readonly from: number;
}

/** Deletes files that no checkpoint needs: of the last few while there is room, else of the newest. */
export class Pruning {
  readonly #options: PruningOptions;
  /** Up to where messages were done with, at the last checkpoints, the oldest first. */
  #commits: number[];
  #working: Promise<void> = Promise.resolve();

  constructor(options: PruningOptions) {
    this.#options = options;
    this.#commits = [options.from];
  }

  /** Half of what the journal may be is there. */
  get isPressed(): boolean {
    const { segments, maxBytes } = this.#options;
    return segments.bytes * 2 >= maxBytes;
  }

  /** Whether a checkpoint of all that the job has up to this message would let something go. */
  wouldHelp(latest: number): boolean {
    const { segments, writer } = this.#options;
    if (latest <= this.#newest) return false;
    return latest >= writer.last || segments.covered(latest).length > segments.covered(this.#newest).length;
  }

  /** A checkpoint is stored: messages up to this one are done with. `goesBack`: it may be gone back behind it. */
  commit(upTo: number, goesBack: boolean): Promise<void> {
    const newest = Math.max(upTo, this.#newest);
    this.#commits = goesBack ? [...this.#commits, newest].slice(-kept) : [newest];
    this.#options.writer.done(newest);
    return this.isPressed ? this.squeeze() : this.#deleteUpTo(this.#commits[0] as number);
  }

  /** Only what the newest checkpoint needs stays. */
  squeeze(): Promise<void> {
    const { segments, writer } = this.#options;
    return this.#deleteUpTo(this.#newest).then(() => {
      const isAllDone = this.#newest >= writer.last && writer.pending === 0;
      // All that is left is the file that is written to, and it is too large.
      if (isAllDone && this.isPressed && (segments.newest?.first ?? 0) <= writer.last) writer.renew();
    });
  }

  get #newest(): number {
    return this.#commits.at(-1) as number;
  }

  #deleteUpTo(number: number): Promise<void> {
    const { disk, segments } = this.#options;
    this.#working = this.#working.then(async () => {
      for (const segment of segments.covered(number)) {
        try {
          await disk.remove(segment.path);
          segments.remove(segment);
        } catch {
          // It is tried again with the next checkpoint.
          return;
        }
      }
    });
    return this.#working;
  }
}

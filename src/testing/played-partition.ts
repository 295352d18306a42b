import { ArgumentError } from '../../core/errors.ts';
import type { Input } from '../input.ts';
import { MarbleSource, type SourceMarble } from './marble-source.ts';

/** A partition of a source as one chain plays it. */
export class PlayedPartition {
  /** Which of the chain's inputs it belongs to. */
  readonly head: number;
  readonly name: string;
  readonly marbles: readonly SourceMarble[];
  slot = 0;
  /** Marbles that are done. */
  done = 0;
  /** The most that were ever done: what the process does, it does once; only what the source says comes again. */
  #furthest = 0;

  constructor(head: number, name: string, marbles: readonly SourceMarble[]) {
    this.head = head;
    this.name = name;
    this.marbles = marbles;
  }

  /** Whether it has said that nothing more will come. */
  get isEnded(): boolean {
    return this.done === this.marbles.length && this.marbles.at(-1)?.kind === 'end';
  }

  isReady(frame: number): boolean {
    const next = this.marbles[this.done];
    return next !== undefined && next.frame <= frame;
  }

  /** The next marble; nothing where it is a signal that was given before the crash. */
  take(): SourceMarble | undefined {
    const index = this.done++;
    const marble = this.marbles[index];
    const isAgain = index < this.#furthest;
    this.#furthest = Math.max(this.#furthest, this.done);
    return isAgain && (marble?.kind === 'checkpoint' || marble?.kind === 'crash') ? undefined : marble;
  }

  /** To a position of before. */
  goBack(done: number): void {
    this.done = done;
  }
}

/** What an input plays: the partitions of a source, a list in its first frame; nothing where an Observable is pushed. */
export function partitionsOf(input: Input, head: number): readonly PlayedPartition[] {
  if (input.kind === 'list') {
    const records = Array.from(input.list, (value) => ({ frame: 0, kind: 'record' as const, value }));
    return [new PlayedPartition(head, '0', [...records, { frame: 0, kind: 'end' }])];
  }
  if (input.kind === 'push') {
    if (!(input.observable instanceof MarbleSource)) return [];
    return Object.entries(input.observable.partitions).map(
      ([name, marbles]) => new PlayedPartition(head, name, marbles),
    );
  }
  const hint = 'virtual time cannot wait for what answers by a Promise; test that with `toArray` or a job';
  throw new ArgumentError('expectStream', 'stream', 'a chain over `source`, a list or an Observable', input.kind, hint);
}

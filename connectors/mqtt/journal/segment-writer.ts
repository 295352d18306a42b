import { encodeHead } from '../../files/checkpoints/framed-head.ts';
import { frame } from '../../files/checkpoints/frame.ts';
import type { Disk, DiskFile } from '../../files/disk/disk.ts';
import { packFrames } from './pack-frames.ts';
import { type Segment, type SegmentFacts, type SegmentPlace, segmentTitle } from './segment.ts';

/** Appends to a file of its own, each time so that it is durable. When that fails once, nothing more can be appended. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #file: DiskFile;
  /** Its first lines, and a frame of its own behind them: they are written with the first entries. */
  readonly #head: Buffer;
  /** How far it is durable, and the checksum of that. */
  #at: number;
  #sum: number;

  private constructor(file: DiskFile, segment: Segment, head: Buffer) {
    this.#file = file;
    this.segment = segment;
    this.#head = head;
    this.#at = head.length;
    this.#sum = frame.sumOf(head);
  }

  /** `beginning`: entries without which it does not count. */
  static async begin(
    disk: Disk,
    segment: Segment,
    facts: SegmentFacts,
    beginning: readonly Buffer[],
  ): Promise<SegmentWriter> {
    const lines = encodeHead({ title: segmentTitle, facts: { ...facts, written: new Date().toISOString() } });
    const { bytes } = packFrames(beginning, frame.sumOf(lines));
    return new SegmentWriter(await disk.open(segment.path, 'new'), segment, Buffer.concat([lines, ...bytes]));
  }

  get place(): SegmentPlace {
    return { segment: this.segment, at: this.#at, sum: this.#sum };
  }

  async append(entries: readonly Buffer[]): Promise<void> {
    const isNew = this.segment.bytes === 0;
    const { bytes, sum } = packFrames(entries, this.#sum);
    const all = Buffer.concat(isNew ? [this.#head, ...bytes] : bytes);
    const begin = isNew ? 0 : this.#at;
    await this.#file.write(all, begin);
    await this.#file.sync();
    this.#at = begin + all.length;
    this.#sum = sum;
    this.segment.bytes = this.#at;
  }

  /** What is behind the durable part cannot be trusted: the system may say that it is written though it is not. */
  async cut(): Promise<void> {
    await this.#file.truncate(this.segment.bytes);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

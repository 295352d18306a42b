import { decodeHead, hasHead, longestHead } from '../../files/checkpoints/framed-head.ts';
import { frame } from '../../files/checkpoints/frame.ts';
import type { Disk, DiskFile } from '../../files/disk/disk.ts';
import { bytesOfEntry, decodeEntries } from './decode-entries.ts';
import type { JournalEntry } from './journal-entry.ts';
import { type SegmentFacts, segmentTitle } from './segment.ts';

/** A file that counts, and what stands at its beginning. */
export interface BegunSegment {
  readonly reader: SegmentReader;
  readonly facts: SegmentFacts;
  readonly beginning: readonly JournalEntry[];
}

/** Bytes that are read at a time. */
const chunkBytes = 256 * 1024;

/** Reads the entries of a file that may still be written to, and believes nothing. */
export class SegmentReader {
  readonly #file: DiskFile;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where the chunk begins. */
  #chunkAt = 0;
  /** Behind the last whole entry, and the checksum of all before. */
  at: number;
  sum: number;

  private constructor(file: DiskFile, at: number, sum: number) {
    this.#file = file;
    this.at = at;
    this.sum = sum;
  }

  static async at(disk: Disk, path: string, at: number, sum: number): Promise<SegmentReader> {
    return new SegmentReader(await disk.open(path, 'read'), at, sum);
  }

  /** From its beginning, with what that says; a text that says what is wrong with it. */
  static async begin(disk: Disk, path: string): Promise<BegunSegment | string> {
    const reader = await SegmentReader.at(disk, path, 0, 0);
    let begun: BegunSegment | string = 'ends within its beginning';
    try {
      begun = await reader.#begin();
    } finally {
      if (typeof begun === 'string') await reader.close();
    }
    return begun;
  }

  /** Entries that stand together; nothing where there are none, or they are not whole: then it stays where it is. */
  async next(): Promise<readonly JournalEntry[] | undefined> {
    const entries = await this.#next();
    if (entries !== undefined || this.#chunk.length === 0) return entries;
    // What was read ahead may have been written since.
    this.#chunk = Buffer.alloc(0);
    return await this.#next();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #begin(): Promise<BegunSegment | string> {
    const lines = await this.#bytes(0, longestHead);
    const head = hasHead(lines) ? decodeHead(lines, segmentTitle) : 'ends within its beginning';
    if (typeof head === 'string') return head;
    this.at = head.length;
    this.sum = frame.sumOf(lines.subarray(0, head.length));
    const beginning = await this.next();
    if (beginning === undefined) return 'ends within its beginning';
    return { reader: this, facts: head.facts as unknown as SegmentFacts, beginning };
  }

  async #next(): Promise<readonly JournalEntry[] | undefined> {
    const bodies: Buffer[] = [];
    let [at, sum, length, needed] = [this.at, this.sum, 0, 1];
    while (length < needed) {
      const found = await this.#frame(at, sum);
      if (found === undefined) return undefined;
      bodies.push(found.body);
      length += found.body.length;
      if (bodies.length === 1) needed = bytesOfEntry(found.body);
      [at, sum] = [found.end, found.sum];
    }
    const entries = decodeEntries(bodies.length === 1 ? (bodies[0] as Buffer) : Buffer.concat(bodies, length));
    [this.at, this.sum] = [at, sum];
    return entries;
  }

  async #frame(
    at: number,
    sum: number,
  ): Promise<{ readonly body: Buffer; readonly end: number; readonly sum: number } | undefined> {
    const prefix = await this.#bytes(at, frame.prefixBytes);
    if (prefix.length < frame.prefixBytes) return undefined;
    const length = frame.lengthIn(prefix);
    if (length === 0 || length > frame.longest) return undefined;
    const body = await this.#bytes(at + frame.prefixBytes, length);
    if (body.length < length) return undefined;
    const behind = frame.sumBehind(prefix, body, sum);
    return behind === undefined ? undefined : { body, end: at + frame.prefixBytes + length, sum: behind };
  }

  /** As many as there are. */
  async #bytes(at: number, length: number): Promise<Buffer> {
    const inChunk = at - this.#chunkAt;
    if (inChunk >= 0 && inChunk + length <= this.#chunk.length) return this.#chunk.subarray(inChunk, inChunk + length);
    const bytes = Buffer.allocUnsafeSlow(Math.max(length, chunkBytes));
    let done = 0;
    while (done < length) {
      const more = await this.#file.read(bytes.subarray(done), at + done);
      if (more === 0) break;
      done += more;
    }
    this.#chunk = bytes.subarray(0, done);
    this.#chunkAt = at;
    return this.#chunk.subarray(0, length);
  }
}

import { ConnectorError } from '../../../core/errors.ts';
import type { DiskReader } from '../disk/disk.ts';
import { frame } from './frame.ts';
import { decodeHead, encodeHead, type FramedHead, hasHead, longestHead } from './framed-head.ts';

/** Frames are collected up to so many bytes: each write costs a turn, whatever its length. */
const together = 64 * 1024;
/** Longer ones are not copied. */
const longestCopied = frame.longest / 16;

/** Puts frames behind each other, each with the checksum of all that is before its end, for whoever writes them to a file. */
export class FrameWriter {
  /** How long the file is with what waits, and the checksum of all of it. */
  at: number;
  sum: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(at = 0, sum = 0) {
    this.at = at;
    this.sum = sum;
  }

  head(head: FramedHead): void {
    this.#add(encodeHead(head));
  }

  /** An empty one says that nothing follows. A long one must stay as it is until it is taken. */
  frame(bytes: Uint8Array): void {
    this.#add(frame.prefix(bytes, this.sum));
    this.#add(bytes.length < longestCopied ? new Uint8Array(bytes) : bytes);
  }

  /** Whether it is time to take what waits. */
  get isFull(): boolean {
    return this.#waitingBytes >= together;
  }

  /** What waits, in blocks that follow each other. */
  *take(): Generator<Uint8Array, void, undefined> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    let short: Uint8Array[] = [];
    for (const bytes of waiting) {
      if (bytes.length < longestCopied) short.push(bytes);
      else {
        yield Buffer.concat(short);
        yield bytes;
        short = [];
      }
    }
    if (short.length > 0) yield Buffer.concat(short);
  }

  #add(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.sum = frame.sumOf(bytes, this.sum);
    this.at += bytes.length;
  }
}

/** Reads frames back, and believes nothing. */
export class FrameReader {
  readonly path: string;
  readonly #reader: DiskReader;
  /** How far it is, and the checksum of all before. */
  at = 0;
  sum = 0;

  constructor(path: string, reader: DiskReader) {
    this.path = path;
    this.#reader = reader;
  }

  get size(): number {
    return this.#reader.size;
  }

  close(): void {
    this.#reader.close();
  }

  /** Whether both lines of its beginning are there. */
  hasHead(): boolean {
    return hasHead(this.#beginning);
  }

  /** @throws ConnectorError where it is not what the title says. */
  head(title: string): FramedHead['facts'] {
    const bytes = this.#beginning;
    const head = decodeHead(bytes, title);
    if (typeof head === 'string') throw this.damage(head);
    this.at = head.length;
    this.sum = frame.sumOf(bytes.subarray(0, head.length));
    return head.facts;
  }

  /** The next frame; `undefined` for an empty one. Stays where it is when it fails. */
  next(): Uint8Array | undefined {
    const prefix = this.#read(this.at, frame.prefixBytes);
    if (prefix.length < frame.prefixBytes) throw this.damage('is not complete');
    const length = frame.lengthIn(prefix);
    if (length > frame.longest) throw this.damage(`has no frame at byte ${this.at}`);
    const end = this.at + frame.prefixBytes + length;
    const bytes = this.#read(this.at + frame.prefixBytes, length);
    if (bytes.length < length) throw this.damage('is not complete');
    const sum = frame.sumBehind(prefix, bytes, this.sum);
    if (sum === undefined) throw this.damage(`has other bytes than were written, before byte ${end}`);
    this.sum = sum;
    this.at = end;
    return length > 0 ? bytes : undefined;
  }

  /** Whether so many bytes from here on are nothing but zeros, or are not there. */
  isZero(length: number): boolean {
    return this.#read(this.at, length).every((byte) => byte === 0);
  }

  damage(what: string, cause?: unknown): ConnectorError {
    return new ConnectorError('directory', `"${this.path}" ${what}`, { cause, retryable: false });
  }

  get #beginning(): Buffer {
    return this.#read(0, Math.min(this.size, longestHead));
  }

  #read(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const more = this.#reader.read(bytes.subarray(done), at + done);
      if (more === 0) break;
      done += more;
    }
    return bytes.subarray(0, done);
  }
}

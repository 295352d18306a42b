import { ConnectorError } from '../../../core/errors.ts';
import type { DiskFile, DiskReader } from '../disk/disk.ts';
import { frame } from './frame.ts';
import { decodeHead, encodeHead, type FramedHead, hasHead, longestHead } from './framed-head.ts';

/** Frames are collected up to so many bytes: each write takes a turn of the event loop, whatever its length. */
const together = 64 * 1024;
/** Longer ones are not copied. */
const longestCopied = frame.longest / 16;

/** Appends frames to a file, each with the checksum of all that is before its end. */
export class FrameWriter {
  readonly #file: Pick<DiskFile, 'write'>;
  /** How long the file is with what waits to be written, and the checksum of all of it. */
  at: number;
  sum: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(file: Pick<DiskFile, 'write'>, at = 0, sum = 0) {
    this.#file = file;
    this.at = at;
    this.sum = sum;
  }

  head(head: FramedHead): void {
    this.#add(encodeHead(head));
  }

  /** An empty one says that nothing follows. The bytes may change when it is kept. */
  async frame(bytes: Uint8Array): Promise<void> {
    this.#add(frame.prefix(bytes, this.sum));
    const isCopied = bytes.length < longestCopied;
    this.#add(isCopied ? Uint8Array.from(bytes) : bytes);
    if (!isCopied || this.#waitingBytes >= together) await this.flush();
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    const [parts, begin] = [this.#waiting, this.at - this.#waitingBytes];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const last = parts.at(-1);
    const isApart = last !== undefined && last.length >= longestCopied;
    const copied = Buffer.concat(isApart ? parts.slice(0, -1) : parts);
    if (copied.length > 0) await this.#file.write(copied, begin);
    if (isApart) await this.#file.write(last, begin + copied.length);
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

import { ConnectorError } from '../../../core/errors.ts';
import type { DiskFile, DiskReader } from '../disk/disk.ts';
import { frame } from './frame.ts';
import { decodeHead, encodeHead, type FramedHead, hasHead, longestHead } from './framed-head.ts';

/** Appends frames to a file, each with the checksum of all that is before its end. */
export class FrameWriter {
  readonly #file: Pick<DiskFile, 'write'>;
  /** How long the file is, and the checksum of all of it. */
  at: number;
  sum: number;

  constructor(file: Pick<DiskFile, 'write'>, at = 0, sum = 0) {
    this.#file = file;
    this.at = at;
    this.sum = sum;
  }

  async head(head: FramedHead): Promise<void> {
    await this.#write(encodeHead(head));
  }

  /** An empty one says that nothing follows. */
  async frame(bytes: Uint8Array): Promise<void> {
    const prefix = frame.prefix(bytes, this.sum);
    // Together, so that a frame is one write where that costs little.
    if (bytes.length < frame.longest / 16) await this.#write(Buffer.concat([prefix, bytes]));
    else {
      await this.#write(prefix);
      await this.#write(bytes);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes, this.at);
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

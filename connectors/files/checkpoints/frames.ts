import { crc32 } from 'node:zlib';
import { ConnectorError } from '../../../core/errors.ts';
import type { DiskFile, DiskReader } from '../disk/disk.ts';

/** In front of each frame: the length of its bytes, and the checksum of all of the file up to them. */
const prefixBytes = 8;
/** No writer makes longer ones, so no reader asks for more memory. */
const longest = 2 * 1024 * 1024;
/** Both lines at the beginning together. */
const longestHead = 64 * 1024;

/** What a person reads at the beginning of a file of ours: what it is, and a line of JSON that says more. */
export interface FramedHead {
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

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
    await this.#write(Buffer.from(`${head.title}\n${JSON.stringify(head.facts)}\n`));
  }

  /** An empty one says that nothing follows. */
  async frame(bytes: Uint8Array): Promise<void> {
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32LE(bytes.length, 0);
    prefix.writeUInt32LE(sumOf(bytes, sumOf(prefix.subarray(0, 4), this.sum)), 4);
    // Together, so that a frame is one write where that costs little.
    if (bytes.length < longest / 16) await this.#write(Buffer.concat([prefix, bytes]));
    else {
      await this.#write(prefix);
      await this.#write(bytes);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes, this.at);
    this.sum = sumOf(bytes, this.sum);
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
    const bytes = this.#read(0, Math.min(this.size, longestHead));
    return bytes.indexOf('\n', bytes.indexOf('\n') + 1) > bytes.indexOf('\n');
  }

  /** @throws ConnectorError where it is not what the title says. */
  head(title: string): FramedHead['facts'] {
    const bytes = this.#read(0, Math.min(this.size, longestHead));
    const text = bytes.toString('utf8');
    const [first = '', second] = text.split('\n', 2);
    if (first !== title) throw this.damage(`does not begin with "${title}"`);
    const length = Buffer.byteLength(first) + 1 + Buffer.byteLength(second ?? '') + 1;
    if (second === undefined || length > bytes.length) throw this.damage('ends within its beginning');
    this.at = length;
    this.sum = sumOf(bytes.subarray(0, length));
    try {
      return JSON.parse(second) as FramedHead['facts'];
    } catch {
      throw this.damage('does not say in its second line what it is');
    }
  }

  /** The next frame; `undefined` for an empty one. Stays where it is when it fails. */
  next(): Uint8Array | undefined {
    const prefix = this.#read(this.at, prefixBytes);
    if (prefix.length < prefixBytes) throw this.damage('is not complete');
    const length = prefix.readUInt32LE(0);
    if (length > longest) throw this.damage(`has no frame at byte ${this.at}`);
    const bytes = this.#read(this.at + prefixBytes, length);
    if (bytes.length < length) throw this.damage('is not complete');
    const sum = sumOf(bytes, sumOf(prefix.subarray(0, 4), this.sum));
    if (sum !== prefix.readUInt32LE(4))
      throw this.damage(`has other bytes than were written, before byte ${this.at + prefixBytes + length}`);
    this.sum = sumOf(bytes, sumOf(prefix, this.sum));
    this.at += prefixBytes + length;
    return length > 0 ? bytes : undefined;
  }

  /** Whether so many bytes from here on are nothing but zeros, or are not there. */
  isZero(length: number): boolean {
    return this.#read(this.at, length).every((byte) => byte === 0);
  }

  damage(what: string, cause?: unknown): ConnectorError {
    return new ConnectorError('directory', `"${this.path}" ${what}`, { cause, retryable: false });
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

/** The checksum of what had `sum` and of these bytes behind it. */
function sumOf(bytes: Uint8Array, sum = 0): number {
  // Asked for the checksum of nothing, zlib may forget the one before.
  return bytes.length === 0 ? sum : crc32(bytes, sum);
}

import type { InflateRaw, ZlibOptions } from 'node:zlib';

/** Where packed bytes come from; none at their end. */
interface Input {
  take(): Promise<Uint8Array>;
}

/**
 * A stream of Node's that stops when it holds anything: else what it had unpacked would be gone with the error that
 * comes behind it.
 */
export const unpackerOptions: ZlibOptions & { readonly readableHighWaterMark: number } = {
  chunkSize: 64 * 1024,
  readableHighWaterMark: 1,
};

/** Pulls unpacked bytes out of a stream of Node's, and feeds it when it has none. */
export class Unpacker {
  readonly #stream: InflateRaw;
  #given = 0;
  #isFed = false;
  #isOver = false;
  #failure: { readonly cause: unknown } | undefined;
  /** Whether something has happened that nobody has looked at. */
  #isNews = false;
  #wake = (): void => {};

  constructor(stream: InflateRaw) {
    this.#stream = stream;
    stream.on('readable', () => this.#tell());
    stream.on('end', () => {
      this.#isOver = true;
      this.#tell();
    });
    stream.on('error', (cause) => {
      this.#failure = { cause };
      this.#tell();
    });
  }

  /** Bytes that it was given and had no use for, unless it is busy with them. */
  get unused(): number {
    return this.#given - this.#stream.bytesWritten;
  }

  /** The next bytes; none at the end of what is packed. */
  async next(input: Input): Promise<Uint8Array> {
    for (;;) {
      const bytes = this.#stream.read() as Uint8Array | null;
      if (bytes !== null) return bytes;
      if (this.#failure !== undefined) throw this.#failure.cause;
      if (this.#isOver) return new Uint8Array(0);
      // What it leaves stands behind its end: that has happened, and is told in a moment.
      if (!this.#isFed && this.unused === 0) await this.#feed(input);
      if (!this.#isNews) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#isNews = false;
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  async #feed(input: Input): Promise<void> {
    const bytes = await input.take();
    this.#isFed = true;
    this.#given += bytes.length;
    if (bytes.length === 0) {
      this.#stream.end();
      return;
    }
    this.#stream.write(bytes, () => {
      this.#isFed = false;
      this.#tell();
    });
  }

  #tell(): void {
    this.#isNews = true;
    this.#wake();
  }
}

import { constants, createGzip } from 'node:zlib';

/** A part of a gzip file that can be read by itself, while it is being made. */
export class GzipMember {
  readonly #gzip = createGzip();
  readonly #made: Buffer[] = [];

  constructor() {
    this.#gzip.on('data', (bytes: Buffer) => this.#made.push(bytes));
  }

  /** What goes to the file for these bytes: whoever reads it so far gets all of them. */
  add(bytes: Uint8Array): Promise<Uint8Array> {
    this.#gzip.write(bytes);
    return this.#whenDone((done) => this.#gzip.flush(constants.Z_SYNC_FLUSH, done));
  }

  /** What goes to the file behind the last of them. */
  end(): Promise<Uint8Array> {
    return this.#whenDone((done) => this.#gzip.once('end', done).end());
  }

  /** Forgets it. */
  discard(): void {
    this.#gzip.destroy();
  }

  #whenDone(ask: (done: () => void) => void): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#gzip.once('error', reject);
      ask(() => {
        this.#gzip.off('error', reject);
        resolve(Buffer.concat(this.#made.splice(0)));
      });
    });
  }
}

import type { FilePosition } from './file-position.ts';
import type { Head } from './fingerprint.ts';

/** The bytes of a file in their order, unpacked where it is packed. */
export interface ByteStream {
  /** Byte at which the next ones begin. */
  readonly offset: number;
  /** How far that is in the file as it lies on the disk: for a person who waits. */
  readonly progress: number;
  /** The next bytes, none at the end; valid until the next call. Fails with `ML_FILE_CHANGED` where it is another file by now. */
  next(): Promise<Uint8Array>;
  /** Goes to a position, if it is one of this file: `ML_FILE_CHANGED` if it is not. What stands before it is told to `head`. */
  goTo(position: FilePosition, head: Head): Promise<void>;
  /** Whether the file still begins as it did. */
  stillBegins(head: Head): Promise<boolean>;
}

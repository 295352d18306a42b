import { ValueDecoder } from '../../../core/encoding/value-decoder.ts';
import { ValueEncoder } from '../../../core/encoding/value-encoder.ts';
import type { SinkState } from '../../../core/sink.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { frame } from './frame.ts';
import { FrameReader, FrameWriter } from './frames.ts';

const title = 'millrace notes 1';

export interface Note {
  readonly sink: string;
  readonly state: SinkState;
}

/** What a file of notes holds. */
export interface Notes {
  readonly notes: readonly Note[];
  /** Where the next one goes, and the checksum of all before; 0: the file has no beginning yet. */
  readonly at: number;
  readonly sum: number;
}

/** Appends notes to a file, each durable before the next one is begun. */
export class NoteFile {
  readonly #file: DiskFile;
  readonly #writer: FrameWriter;
  readonly #encoder = new ValueEncoder();
  /** How long the file is. */
  #at: number;

  private constructor(file: DiskFile, { at, sum }: Pick<Notes, 'at' | 'sum'>) {
    this.#file = file;
    this.#writer = new FrameWriter(at, sum);
    this.#at = at;
  }

  /** What a process that died left of a note, which it was not told to be durable, is cut off. */
  static async open(disk: Disk, path: string, facts: Readonly<Record<string, unknown>>): Promise<NoteFile> {
    const isNew = (await disk.stat(path)) === undefined;
    const notes = isNew ? { at: 0, sum: 0 } : readNotes(disk, path);
    const file = await disk.open(path, isNew ? 'new' : 'write');
    const opened = new NoteFile(file, notes);
    try {
      if (!isNew) await file.truncate(notes.at);
      if (notes.at === 0) opened.#writer.head({ title, facts });
    } catch (cause) {
      await file.close();
      throw cause;
    }
    return opened;
  }

  async append(note: Note): Promise<void> {
    const chunks = Array.from(this.#encoder.encode(note), (chunk) => chunk.slice());
    const length = Buffer.alloc(4);
    length.writeUInt32LE(chunks.reduce((sum, chunk) => sum + frame.prefixBytes + chunk.length, 0));
    this.#writer.frame(length);
    for (const chunk of chunks) this.#writer.frame(chunk);
    for (const block of this.#writer.take()) {
      await this.#file.write(block, this.#at);
      this.#at += block.length;
    }
    await this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** @throws ConnectorError where a note that was durable cannot be read. */
export function readNotes(disk: Disk, path: string): Notes {
  const frames = new FrameReader(path, disk.openNow(path));
  const notes: Note[] = [];
  try {
    // It died before the first note was durable.
    if (!frames.hasHead()) return { notes, at: 0, sum: 0 };
    frames.head(title);
    while (frames.at < frames.size) {
      const { at, sum } = frames;
      const note = nextNote(frames);
      if (note === undefined) return { notes, at, sum };
      notes.push(note);
    }
    return { notes, at: frames.at, sum: frames.sum };
  } finally {
    frames.close();
  }
}

/** Nothing for the last one, where it is not complete: nobody was told that it is durable. */
function nextNote(frames: FrameReader): Note | undefined {
  if (frames.size - frames.at < frame.prefixBytes + 4 || frames.isZero(frame.prefixBytes + 4)) return undefined;
  const length = Buffer.from(frames.next() ?? []).readUInt32LE();
  const end = frames.at + length;
  if (end > frames.size) return undefined;
  try {
    const values = new ValueDecoder(() => (frames.at < end ? frames.next() : undefined), length);
    return values.decode() as Note;
  } catch (cause) {
    if (end === frames.size) return undefined;
    throw cause instanceof RangeError ? frames.damage('holds a note that cannot be read', cause) : cause;
  }
}

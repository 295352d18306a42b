import { join } from 'node:path';
import type { Checkpoint, OpenCheckpointStore } from '../../../core/checkpoint.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { SinkState } from '../../../core/sink.ts';
import { ValueEncoder } from '../../../core/encoding/value-encoder.ts';
import type { Disk, DiskStep } from '../disk/disk.ts';
import type { Locks } from '../disk/locks.ts';
import { newFile } from '../disk/new-file.ts';
import { fileError } from '../file-error.ts';
import { checkpointBlocks } from './checkpoint-file.ts';
import { KnownFiles } from './known-files.ts';
import { type Listed, listedCheckpoint } from './listed-checkpoint.ts';
import { NoteFile, readNotes } from './note-file.ts';
import { safeName } from './safe-name.ts';
import { idOf, type Stored, stored, storedOf } from './stored-name.ts';

const where = 'directory';
/** So many committed checkpoints stay: a deciding sink or a damaged file may ask for one before the newest. */
const kept = 3;

/** The checkpoints of one job, a file each, in a folder that nobody else uses. */
export class CheckpointFolder implements OpenCheckpointStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #job: string;
  readonly #locks: Locks;
  readonly #known = new KnownFiles();
  readonly #encoder = new ValueEncoder();
  #notes: { readonly name: string; readonly file: NoteFile } | undefined;
  #working: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, folder: string, job: string, locks: Locks) {
    this.#disk = disk;
    this.#folder = folder;
    this.#job = job;
    this.#locks = locks;
  }

  /** Finds out what is there, and clears away what a process that died left unfinished. */
  async begin(): Promise<void> {
    for (const name of (await this.#disk.names(this.#folder)) ?? []) {
      const file = storedOf(name);
      if (file === undefined) continue;
      const known = this.#known.of(file.safeId);
      // The power may have failed in the middle of marking it.
      if (file.kind === 'tmp' || (file.kind === 'prepared' && known?.kind === 'committed')) await this.#remove(file);
      else this.#known.add(file);
      if (file.kind === 'committed' && known?.kind === 'prepared') await this.#remove(known);
    }
    await this.#disk.syncFolder(this.#folder);
  }

  list(): Promise<readonly Listed[]> {
    return this.#alone('read', async () => {
      await this.#lookAgain();
      const listed: Listed[] = [];
      for (const file of this.#known.all) {
        const each = await listedCheckpoint(this.#disk, this.#pathOf(file.name), this.#job, file);
        if ('damage' in each) this.#known.damaged(file.safeId);
        listed.push(each);
      }
      return listed;
    });
  }

  store(checkpoint: Checkpoint): Promise<number> {
    return this.#alone('write', async () => {
      const safeId = safeName(checkpoint.id);
      if (this.#known.of(safeId) !== undefined) throw failure(`"${checkpoint.id}" is stored already`);
      const place = this.#known.newCut(safeId);
      const unfinished = this.#pathOf(stored(place, safeId, 'tmp').name);
      const file = stored(place, safeId, checkpoint.standing);
      try {
        const blocks = checkpointBlocks(this.#encoder, this.#job, checkpoint);
        const { bytes, steps } = await newFile(this.#disk, unfinished, this.#locks.steps, blocks);
        await this.#place(unfinished, file, steps);
        return bytes;
      } catch (cause) {
        await this.#locks.check(where);
        await this.#disk.remove(unfinished).catch(() => undefined);
        throw cause;
      }
    });
  }

  mark(id: string, standing: Checkpoint['standing']): Promise<void> {
    return this.#alone('mark', async () => {
      const file = this.#known.of(safeName(id));
      if (file === undefined) throw failure(`there is no "${id}" to mark`);
      if (file.kind === standing) return;
      await this.#place(this.#pathOf(file.name), stored(file.place, file.safeId, standing), []);
    });
  }

  note(sink: string, state: SinkState, after: string | undefined): Promise<void> {
    return this.#alone('note', async () => {
      if (after !== undefined && this.#known.placeOf(safeName(after)) === undefined)
        this.#known.newCut(safeName(after));
      await this.#locks.check(where);
      try {
        const file = await this.#noteFile(this.#known.notes);
        await file.append({ sink, state });
      } catch (cause) {
        await this.#closeNotes();
        throw cause;
      }
    });
  }

  notes(sink: string, since: string | undefined): Promise<readonly SinkState[]> {
    return this.#alone('read', async () => {
      const first = since === undefined ? 0 : this.#known.placeOf(safeName(since));
      if (first === undefined) throw failure(`there is no "${since}" that notes could stand behind`);
      const files = await this.#filesOf((file) => file.kind === 'notes' && file.place >= first);
      const all = files.flatMap(({ name }) => readNotes(this.#disk, this.#pathOf(name)).notes);
      return all.filter((note) => note.sink === sink).map(({ state }) => state);
    });
  }

  async close(): Promise<void> {
    await this.#working;
    try {
      await this.#closeNotes();
    } finally {
      await this.#locks.release();
    }
  }

  /** Somebody who was shut out while it stored something may have finished that since. */
  async #lookAgain(): Promise<void> {
    const files = ((await this.#disk.names(this.#folder)) ?? []).flatMap((name) => storedOf(name) ?? []);
    const there = new Set(files.map(({ name }) => name));
    for (const file of this.#known.all) if (!there.has(file.name)) this.#known.remove(file);
    for (const file of files) {
      const known = this.#known.of(file.safeId);
      if (file.kind === 'committed' || (file.kind === 'prepared' && known === undefined)) this.#known.add(file);
    }
  }

  /** Behind these steps: it is there under its new name, durably; then older ones may go. */
  async #place(from: string, to: Stored, steps: readonly DiskStep[]): Promise<void> {
    const old = to.kind === 'committed' ? this.#known.old(kept - 1) : [];
    await this.#disk.take([
      ...steps,
      { do: 'rename', path: from, to: this.#pathOf(to.name) },
      { do: 'sync', path: this.#folder },
      ...old.map(({ name }) => ({ do: 'remove', path: this.#pathOf(name) }) as const),
    ]);
    this.#known.add(to);
    for (const file of old) this.#known.remove(file);
  }

  async #remove(file: Stored): Promise<void> {
    await this.#disk.remove(this.#pathOf(file.name));
    this.#known.remove(file);
  }

  async #noteFile(wanted: Stored): Promise<NoteFile> {
    const { name, safeId } = wanted;
    if (this.#notes?.name === name) return this.#notes.file;
    await this.#closeNotes();
    const file = await NoteFile.open(this.#disk, this.#pathOf(name), { job: this.#job, behind: idOf(safeId) });
    this.#notes = { name, file };
    this.#known.add(wanted);
    await this.#disk.syncFolder(this.#folder);
    return file;
  }

  async #closeNotes(): Promise<void> {
    const notes = this.#notes;
    this.#notes = undefined;
    await notes?.file.close();
  }

  /** In their order. */
  async #filesOf(wanted: (file: Stored) => boolean): Promise<readonly Stored[]> {
    const names = (await this.#disk.names(this.#folder)) ?? [];
    const files = names.flatMap((name) => storedOf(name) ?? []).filter(wanted);
    return files.toSorted((left, right) => left.place - right.place);
  }

  #pathOf(name: string): string {
    return join(this.#folder, name);
  }

  #alone<V>(doing: string, act: () => Promise<V>): Promise<V> {
    const work = this.#working.then(async () => {
      try {
        return await act();
      } catch (cause) {
        // Whoever has shut us out clears away what we had not finished.
        await this.#locks.check(where);
        // How far it came nobody knows.
        await this.#lookAgain().catch(() => undefined);
        throw fileError(where, doing, this.#folder, cause);
      }
    });
    this.#working = work.catch(() => undefined);
    return work;
  }
}

function failure(what: string): ConnectorError {
  return new ConnectorError(where, what, { retryable: false });
}

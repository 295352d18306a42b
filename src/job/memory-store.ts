import type { Checkpoint, OpenCheckpointStore } from '../../core/checkpoint.ts';
import type { SinkState } from '../../core/sink.ts';

/** Checkpoints of a job that has no store: they last as long as its process, for restarts within it. */
export class MemoryStore implements OpenCheckpointStore {
  #newest: Checkpoint | undefined;
  #notes: { readonly sink: string; readonly state: SinkState; readonly after: string | undefined }[] = [];

  list(): Promise<readonly Checkpoint[]> {
    return Promise.resolve(this.#newest === undefined ? [] : [this.#newest]);
  }

  store(checkpoint: Checkpoint): Promise<number> {
    this.#newest = checkpoint;
    this.#notes = this.#notes.filter(({ after }) => after === checkpoint.id);
    return Promise.resolve(0);
  }

  mark(_id: string, standing: Checkpoint['standing']): Promise<void> {
    if (this.#newest !== undefined) this.#newest = { ...this.#newest, standing };
    return Promise.resolve();
  }

  note(sink: string, state: SinkState, after: string | undefined): Promise<void> {
    this.#notes.push({ sink, state, after });
    return Promise.resolve();
  }

  notes(sink: string): Promise<readonly SinkState[]> {
    return Promise.resolve(this.#notes.filter((each) => each.sink === sink).map(({ state }) => state));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

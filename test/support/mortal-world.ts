import { plainSnapshot } from '../../core/plain-snapshot.ts';
import type { Batch, Positions } from '../../core/batch.ts';
import type { Checkpoint, CheckpointStore } from '../../core/checkpoint.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { Sink, SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import type { Source } from '../../core/source.ts';

/** The process is dead: nothing that it asks for happens any more. */
export class Death extends Error {}

/**
 * An outside world of one source, one store and some sinks, in which the process dies at the step that is named: before the
 * step has taken place, or behind it and before anybody heard of it. What had taken place stays for the next life.
 */
export class MortalWorld {
  /** The steps of this life, by name. */
  readonly steps: string[] = [];
  /** How far the source has been told that it may forget. */
  forgotten: Positions = {};
  /** How many checkpoints have been stored; the last few are kept. */
  stored = 0;
  #life = 0;
  #dies: { readonly at: number; readonly behind: boolean } | undefined;
  readonly #checkpoints: Checkpoint[] = [];
  #notes: { readonly sink: string; readonly state: SinkState; readonly after: string | undefined }[] = [];

  /** The next life, which dies at its step of that number. */
  begin(dies?: { readonly at: number; readonly behind: boolean }): void {
    this.#life++;
    this.#dies = dies;
    this.steps.length = 0;
  }

  /** Something takes place in the outside world, unless the process is dead. */
  async step<T>(life: number, name: string, takePlace: () => T): Promise<T> {
    await Promise.resolve();
    if (life !== this.#life) throw new Death(name);
    this.steps.push(name);
    const dies = this.#dies?.at === this.steps.length;
    if (!dies) return takePlace();
    if (this.#dies?.behind === true) takePlace();
    this.#life++;
    throw new Death(name);
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints;
  }

  source<T>(records: readonly T[], batch: number): Source<T> {
    return {
      name: 'source',
      traits: { timestamps: false, live: false, replay: 'any' },
      open: ({ positions, notice }) => {
        const life = this.#life;
        let offset = Number(positions['0']?.['offset'] ?? 0);
        let phase: 'new' | 'open' | 'ended' = 'new';
        return {
          next: async () => {
            await this.step(life, 'read', () => undefined);
            if (phase === 'ended') return { done: true, value: undefined };
            if (phase === 'new') {
              phase = 'open';
              return { done: false, value: { kind: 'opened', positions: { '0': { offset } } } };
            }
            if (offset === records.length) {
              phase = 'ended';
              return { done: false, value: { kind: 'ended', partition: '0' } };
            }
            const first = offset;
            offset = Math.min(records.length, first + batch);
            notice({ kind: 'checkpoint' });
            return { done: false, value: { kind: 'batch', batch: batchOf(records.slice(first, offset), first) } };
          },
          commit: (done) =>
            this.step(life, 'forget', () => {
              this.forgotten = done;
            }),
          close: () => Promise.resolve(),
        };
      },
    };
  }

  store(): CheckpointStore {
    return {
      name: 'store',
      open: () => {
        const life = this.#life;
        const last = (): Checkpoint | undefined => this.#checkpoints.at(-1);
        return Promise.resolve({
          list: () => this.step(life, 'list', () => this.#checkpoints.toReversed()),
          store: (checkpoint) =>
            this.step(life, 'store', () => {
              this.#checkpoints.push(structuredClone({ ...checkpoint, snapshot: plainSnapshot(checkpoint.snapshot) }));
              if (this.#checkpoints.length > 3) this.#checkpoints.shift();
              return this.stored++;
            }),
          mark: (id, standing) =>
            this.step(life, 'mark', () => {
              if (last()?.id !== id) throw new Error('only the newest is marked');
              this.#checkpoints[this.#checkpoints.length - 1] = { ...(last() as Checkpoint), standing };
            }),
          note: (sink, state, after) => this.step(life, 'note', () => void this.#notes.push({ sink, state, after })),
          notes: (sink, since) => {
            const ids = [undefined, ...this.#checkpoints.map(({ id }) => id)];
            const kept = ids.slice(ids.indexOf(since));
            const notes = this.#notes.filter((each) => each.sink === sink && kept.includes(each.after));
            return Promise.resolve(notes.map(({ state }) => state));
          },
          close: () => Promise.resolve(),
        });
      },
    };
  }

  /** A sink of which `committed` is what its readers see. */
  decidingSink<T>(name: string): Sink<T> & { readonly committed: T[] } {
    const committed: T[] = [];
    let marker: string | undefined;
    let epoch = 0;
    const open = ({ checkpointed }: SinkRequest): Promise<SinkWriter<T>> => {
      const [life, own] = [this.#life, epoch];
      if (!checkpointed) throw new Error('nobody decides without a store');
      const waiting: T[] = [];
      let transaction: T[] = [];
      let isPrepared = false;
      const fenced = (): void => {
        if (own !== epoch) throw new ConnectorError(name, 'is fenced', { retryable: false });
      };
      const send = (): void => {
        fenced();
        transaction.push(...waiting.splice(0));
      };
      return Promise.resolve({
        write: (row) => void waiting.push(row),
        get buffered() {
          return { records: waiting.length, bytes: 0 };
        },
        send: () => {
          if (isPrepared) throw new Error('sent between cut and commit');
          return this.step(life, 'send', send);
        },
        cut: async () => {
          const rows = waiting.splice(0);
          isPrepared = true;
          return await this.step(life, 'flush', () => {
            fenced();
            transaction.push(...rows);
            return {};
          });
        },
        commit: (id) =>
          this.step(life, 'commit', () => {
            fenced();
            committed.push(...transaction);
            marker = id;
            transaction = [];
            isPrepared = false;
          }),
        close: () => Promise.resolve(),
      });
    };
    const decide = (): Promise<string | undefined> =>
      this.step(this.#life, 'decide', () => {
        epoch++;
        return marker;
      });
    return { name, traits: { guarantee: 'decides' }, committed, open, decide };
  }

  /** A sink that goes back to the length that the checkpoint holds, as a file does; one that does not is at least once. */
  plainSink<T>(name: string, guarantee: 'follows' | 'repeats'): Sink<T> & { readonly rows: T[] } {
    const rows: T[] = [];
    const open = async ({ state, note, notes }: SinkRequest): Promise<SinkWriter<T>> => {
      const life = this.#life;
      const own = state ?? notes.at(-1);
      if (own === undefined) await note({ length: rows.length });
      if (guarantee === 'follows') rows.length = Number(own?.['length'] ?? rows.length);
      const waiting: T[] = [];
      const write = (): Promise<number> => {
        const taken = waiting.splice(0);
        return this.step(life, `write ${name}`, () => rows.push(...taken));
      };
      return {
        write: (row) => void waiting.push(row),
        get buffered() {
          return { records: waiting.length, bytes: 0 };
        },
        send: async () => void (await write()),
        cut: async () => ({ length: waiting.length === 0 ? rows.length : await write() }),
        commit: () => this.step(life, `show ${name}`, () => undefined),
        close: () => Promise.resolve(),
      };
    };
    return { name, traits: { guarantee }, rows, open };
  }
}

function batchOf<T>(records: readonly T[], first: number): Batch<T> {
  return {
    partition: '0',
    records,
    bytes: 0,
    positionAfter: (count) => ({ offset: first + count }),
    origin: (index) => ({ source: 'source', offset: first + index }),
  };
}

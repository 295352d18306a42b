import { gunzipSync } from 'node:zlib';
import { openWriter } from '../../connectors/files/output/open-writer.ts';
import type { Processes } from '../../connectors/files/disk/processes.ts';
import { outputSettings, type ToFileOptions } from '../../connectors/files/sink.ts';
import type { Clock } from '../../core/clock.ts';
import type { SinkState, SinkWriter } from '../../core/sink.ts';
import { Crash, CrashingDisk } from './crashing-disk.ts';

/** What a job writes, and when it does what: behind so many rows. */
export interface Script<T> {
  readonly path: string | ((row: T) => string);
  readonly options: ToFileOptions<T>;
  readonly rows: readonly T[];
  readonly sends: ReadonlySet<number>;
  readonly cuts: ReadonlySet<number>;
}

/** How the lives of its processes end. */
export interface Death {
  /** After so many changes of the disk and the store. */
  readonly after: number;
  readonly survives: 'all' | ((what: string) => boolean);
}

interface Stored {
  readonly row: number;
  readonly state: SinkState;
}

/**
 * A job that writes files, dies, and goes on from its newest checkpoint, as often as it is told. The store is whole
 * whatever happens; to store and to note are changes that it may die before.
 */
export class FileLives<T> {
  disk: CrashingDisk;
  readonly #script: Script<T>;
  readonly #stored: Stored[] = [];
  readonly #notes: { readonly state: SinkState; readonly after: number }[] = [];
  #life = 0;

  constructor(script: Script<T>, disk: CrashingDisk = new CrashingDisk()) {
    this.#script = script;
    this.disk = disk;
  }

  /** Dies all these deaths, one after the other, unless it reaches the end before; then lives to the end. */
  async run(deaths: readonly Death[] = []): Promise<this> {
    for (const death of deaths) if (await this.live(death)) return this;
    await this.live();
    return this;
  }

  /** One life. Whether it reached the end. */
  async live(death?: Death): Promise<boolean> {
    this.disk.diesAfter = death === undefined ? Number.POSITIVE_INFINITY : this.disk.changes.length + death.after;
    if (await this.#live()) return true;
    if (death === undefined) throw new Error('died without being told');
    this.disk = this.disk.afterDeath(death.survives);
    // Long enough for a lock that was not written to its end to be nobody's.
    this.disk.now += 60_000;
    return false;
  }

  /** Takes back the newest checkpoints, as if they could not be read: the job has to go on from an older one. */
  loseCheckpoints(count: number): void {
    this.#stored.length = Math.max(0, this.#stored.length - count);
  }

  /** What readers find, unpacked; nothing that is hidden may be left when a job has ended. */
  output(): Record<string, string> {
    // What is left of a lock that nobody had taken over to its end, on a disk that had lost the lock itself.
    const paths = Object.keys(this.disk.files()).filter((path) => !path.includes('.lock.'));
    return Object.fromEntries(
      paths.map((path) => {
        const content = this.disk.contentOf(path) ?? Buffer.alloc(0);
        return [path, (path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')];
      }),
    );
  }

  /** Whether it reached the end. */
  async #live(): Promise<boolean> {
    const newest = this.#stored.at(-1);
    const world = { disk: this.disk, processes: onlyOne(++this.#life) };
    let at = newest?.row ?? 0;
    const clock: Clock = { now: () => at * 10, wakeAt: () => () => undefined };
    let writer: SinkWriter<T> | undefined;
    try {
      writer = await openWriter(
        outputSettings<T>(this.#script.path, this.#script.options),
        this.#request(newest, clock),
        world,
      );
      for (; at < this.#script.rows.length; at++) {
        await this.#pause(writer, at);
        writer.write(this.#script.rows[at] as T, at);
      }
      await this.#checkpoint(writer, at);
      await writer.close();
      return true;
    } catch (cause) {
      await writer?.close().catch(() => undefined);
      if (isDeath(cause)) return false;
      throw cause;
    }
  }

  async #pause(writer: SinkWriter<T>, at: number): Promise<void> {
    if (this.#script.cuts.has(at) && at !== this.#stored.at(-1)?.row) await this.#checkpoint(writer, at);
    if (this.#script.sends.has(at)) await writer.send();
  }

  async #checkpoint(writer: SinkWriter<T>, row: number): Promise<void> {
    const state = structuredClone(await writer.cut(String(row)));
    await this.disk.mark(`store ${row}`);
    this.#stored.push({ row, state });
    await writer.commit(String(row));
  }

  #request(newest: Stored | undefined, clock: Clock) {
    const since = newest?.row ?? -1;
    return {
      job: 'test',
      state: newest?.state,
      signal: new AbortController().signal,
      clock,
      checkpointed: true,
      wantsCheckpoint: () => undefined,
      note: async (state: SinkState) => {
        await this.disk.mark('note');
        this.#notes.push({ state: structuredClone(state), after: this.#stored.at(-1)?.row ?? -1 });
      },
      notes: this.#notes.filter(({ after }) => after >= since).map(({ state }) => state),
    };
  }
}

/** Of several processes the last one is alive. */
export function onlyOne(pid: number): Processes {
  const self = { host: 'here', boot: '1', namespace: '1', pid, started: '1' };
  return { self, isAlive: (mark) => mark.pid === pid };
}

function isDeath(cause: unknown): boolean {
  return cause instanceof Crash || (cause instanceof Error && cause.cause !== undefined && isDeath(cause.cause));
}

import { gunzipSync } from 'node:zlib';
import { openWriter } from '../../connectors/files/output/open-writer.ts';
import type { Processes } from '../../connectors/files/disk/processes.ts';
import { outputSettings } from '../../connectors/files/output/output-settings.ts';
import type { ToFileOptions } from '../../connectors/files/to-file-options.ts';
import type { Clock } from '../../core/clock.ts';
import type { SinkState, SinkWriter } from '../../core/sink.ts';
import { Crash, CrashingDisk } from './crashing-disk.ts';

/** What a job writes, and when it does what: behind so many rows. */
export interface Script<T> {
  readonly path: string | ((row: T) => string);
  readonly options: ToFileOptions<T>;
  /** Files that are there before it begins. */
  readonly there?: Readonly<Record<string, string>>;
  readonly rows: readonly T[];
  readonly sends: ReadonlySet<number>;
  readonly cuts: ReadonlySet<number>;
}

/** How a life of it ends: after so many changes of the disk and the store. */
export interface Death {
  readonly after: number;
  readonly survives: 'all' | ((what: string) => boolean);
}

/** One change fails; the process lives on, and goes back to its checkpoint. */
export interface Fault {
  readonly after: number;
  readonly code: string;
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
  disk = new CrashingDisk();
  readonly #script: Script<T>;
  readonly #stored: Stored[] = [];
  readonly #notes: { readonly state: SinkState; readonly after: number }[] = [];
  #life = 0;

  constructor(script: Script<T>) {
    this.#script = script;
    for (const [path, content] of Object.entries(script.there ?? {})) this.disk.put(path, content);
  }

  /** Ends like this and like that, one after the other, unless it reaches the end before; then lives to the end. */
  async run(ends: readonly (Death | Fault)[] = []): Promise<this> {
    for (const end of ends) if (await this.live(end)) return this;
    await this.live();
    return this;
  }

  /** One life. Whether it reached the end. */
  async live(end?: Death | Fault): Promise<boolean> {
    const { disk } = this;
    const at = disk.changes.length + (end?.after ?? Number.POSITIVE_INFINITY);
    disk.diesAfter = end !== undefined && 'survives' in end ? at : Number.POSITIVE_INFINITY;
    disk.fails = end !== undefined && 'code' in end ? { at: at + 1, code: end.code } : undefined;
    if (await this.#live(disk.fails?.code)) return true;
    if (end === undefined) throw new Error('died without being told');
    if ('survives' in end) this.#afterDeath(end);
    return false;
  }

  #afterDeath({ survives }: Death): void {
    this.disk = this.disk.afterDeath(survives);
    // Long enough for a lock that was not written to its end to be nobody's.
    this.disk.now += 60_000;
  }

  /** Takes back the newest checkpoints, as if they could not be read: the job has to go on from an older one. */
  loseCheckpoints(count: number): void {
    this.#stored.length = Math.max(0, this.#stored.length - count);
  }

  /** The output as if it had not been rolled. */
  joined(): Record<string, string> {
    const joined: Record<string, string> = {};
    for (const [path, content] of Object.entries(this.output()).toSorted(([left], [right]) =>
      left < right ? -1 : 1,
    )) {
      const whole = path.replace(/-\d{6}(\.[^/]*)?$/, '$1');
      joined[whole] = (joined[whole] ?? '') + content;
    }
    return joined;
  }

  /** What readers find, unpacked; nothing that is hidden may be left when a job has ended. */
  output(): Record<string, string> {
    // What is left of a lock that nobody had taken over to its end, on a disk that had lost the lock itself.
    const paths = Object.keys(this.disk.files())
      .filter((path) => !path.includes('.lock.'))
      .toSorted();
    return Object.fromEntries(
      paths.map((path) => {
        const content = this.disk.contentOf(path) ?? Buffer.alloc(0);
        return [path, (path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')];
      }),
    );
  }

  /** Whether it reached the end. */
  async #live(fault: string | undefined): Promise<boolean> {
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
      if (causesOf(cause).some((each) => each instanceof Crash || (each as { code?: unknown }).code === fault))
        return false;
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

function causesOf(cause: unknown): readonly object[] {
  return typeof cause !== 'object' || cause === null ? [] : [cause, ...causesOf((cause as { cause?: unknown }).cause)];
}

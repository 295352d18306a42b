import { Worker } from 'node:worker_threads';
import type { DiskStep } from './disk.ts';
import { type Answer, inThread, type Task } from './in-thread.ts';
import { refusedSyncs } from './refused-syncs.ts';

/** Lists that come so soon after each other are worth a thread, when so many have. */
const soonMs = 100;
const many = 20;
/** A thread that had nothing to do for so long ends. */
const idleMs = 5_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * A thread that takes steps on the disk, one list of them after the other: between two steps nothing else has a turn, and whoever
 * waits for a list is woken once. It is begun when lists come often, and ends when none comes any more.
 */
export class DiskThread {
  #worker: Worker | undefined;
  #isReady = false;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #soon = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Asked with each list. Until a thread is ready, and where none can be had, lists go without it. */
  isReady(now: number): boolean {
    this.#soon = now - this.#lastAt < soonMs ? this.#soon + 1 : 0;
    this.#lastAt = now;
    if (this.#soon === many) this.#worker ??= this.#begin();
    return this.#isReady;
  }

  take(steps: readonly DiskStep[]): Promise<void> {
    clearTimeout(this.#idle);
    // A process must not end while somebody waits.
    this.#worker!.ref();
    const number = ++this.#number;
    const answered = new Promise<void>((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
    this.#worker!.postMessage({ number, steps } satisfies Task);
    return answered;
  }

  #begin(): Worker {
    const options = { eval: true, name: 'millrace disk', execArgv: [], workerData: refusedSyncs };
    const worker = new Worker(`(${inThread.toString()})();`, options);
    worker.on('message', (answer: Answer) => this.#answered(worker, answer));
    worker.once('error', (cause) => this.#over(worker, cause));
    worker.once('exit', () => this.#over(worker, undefined));
    worker.unref();
    return worker;
  }

  #answered(worker: Worker, { number, failure }: Answer): void {
    if (this.#worker !== worker) return;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    this.#isReady = true;
    if (this.#waiting.size === 0) {
      worker.unref();
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => {
        this.#over(worker, undefined);
        void worker.terminate();
      }, idleMs).unref();
    }
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(new Error(failure.message), { code: failure.code }));
  }

  #over(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#isReady = false;
    this.#soon = 0;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    // How far it came nobody knows, but the next one begins anew.
    const why = Object.assign(new Error('the thread that writes has ended', { cause }), { code: 'EINTR' });
    for (const { reject } of all) reject(why);
  }
}

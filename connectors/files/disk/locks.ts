import { randomBytes } from 'node:crypto';
import { ConnectorError } from '../../../core/errors.ts';
import { codeOf, fileError } from '../file-error.ts';
import { atOnce } from './at-once.ts';
import type { Disk, DiskStep } from './disk.ts';
import { type Lock, lockAt, lockText } from './lock.ts';
import type { Processes } from './processes.ts';
import { withFile } from './with-file.ts';

/** How often whoever holds a lock says that it is still there. */
const beatEveryMs = 5_000;
/** Nobody who is there is silent for so long. */
const silentMs = 30_000;

/** Locks of one owner, held until they are released together: a file each, which names who holds it. */
export class Locks {
  readonly #disk: Disk;
  readonly #processes: Processes;
  readonly #token = randomBytes(6).toString('hex');
  readonly #held: string[] = [];
  /** Those with a file of their own, and how many names it has: other locks are further names. */
  readonly #files = new Map<string, { readonly identity: string; links: number }>();
  #first: Promise<void> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(disk: Disk, processes: Processes) {
    this.#disk = disk;
    this.#processes = processes;
  }

  /**
   * `evict`: takes it away from whoever holds it.
   *
   * @throws ConnectorError (`ML_LOCKED`), where somebody else holds it, or nobody can tell whether they still do.
   */
  async take(where: string, target: string, path: string, evict = false): Promise<void> {
    // The first lock is a file; the others may be names of it.
    await this.#first?.catch(() => undefined);
    const taking = this.#take(where, target, path, evict);
    this.#first ??= taking;
    try {
      await taking;
    } catch (cause) {
      throw fileError(where, 'lock', target, cause);
    }
    this.#held.push(path);
    this.#beat ??= setInterval(() => void (this.#beating = this.#sayAlive()), beatEveryMs).unref();
  }

  /** @throws ConnectorError (`ML_LOCKED`), where somebody has taken one of them away meanwhile. */
  async check(where: string): Promise<void> {
    for (const [path, { identity, links }] of this.#files) {
      const found = await this.#disk.stat(path);
      if (found?.identity === identity && found.links >= links) continue;
      const text = `somebody has removed or taken over a lock beside "${path}" while this process held it`;
      throw new ConnectorError(where, text, { retryable: false, code: 'ML_LOCKED' });
    }
  }

  /** The same as steps, of which one fails then. */
  get steps(): readonly DiskStep[] {
    return [...this.#files].map(([path, { identity, links }]) => ({ do: 'expect', path, identity, links }));
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    this.#beat = undefined;
    await this.#beating;
    this.#files.clear();
    await atOnce(this.#held.splice(0), async (path) => {
      if ((await lockAt(this.#disk, path))?.token === this.#token) await this.#disk.remove(path);
    });
  }

  async #take(where: string, target: string, path: string, evict = false): Promise<void> {
    for (;;) {
      if (await this.#place(path)) return;
      const lock = await lockAt(this.#disk, path);
      if (lock === undefined) continue;
      const alive = evict ? false : await this.#isAlive(path, lock);
      if (alive !== false) throw this.#heldBy(where, target, path, lock, alive);
      await this.#takeOver(where, target, path, lock);
      return;
    }
  }

  /** Whether nobody was there before. A further lock is a further name of the first one's file where that can be. */
  async #place(path: string): Promise<boolean> {
    for (const [first, file] of this.#files) {
      const linked = await this.#link(first, path, file);
      if (linked !== undefined) return linked;
    }
    return (await this.#placeWhole(path)) ?? (await this.#placeDirectly(path));
  }

  /**
   * Written under another name first: whoever dies in between leaves no lock that says nothing, which would keep everybody out for
   * a while. Answers nothing where a file can have no further name.
   */
  async #placeWhole(path: string): Promise<boolean | undefined> {
    const unseen = `${path}.${this.#token}.new`;
    let isPlaced: boolean | undefined = true;
    try {
      const identity = await this.#write(unseen);
      await this.#disk.link(unseen, path);
      this.#files.set(path, { identity, links: 1 });
    } catch (cause) {
      isPlaced = codeOf(cause) === 'EEXIST' ? false : undefined;
    }
    await this.#disk.remove(unseen);
    return isPlaced;
  }

  async #placeDirectly(path: string): Promise<boolean> {
    let isMade = false;
    try {
      const identity = await this.#write(path, () => (isMade = true));
      this.#files.set(path, { identity, links: 1 });
      return true;
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') return false;
      if (isMade) await this.#disk.remove(path).catch(() => undefined);
      throw cause;
    }
  }

  async #write(path: string, made = (): void => {}): Promise<string> {
    return await withFile(this.#disk, path, 'new', async (file) => {
      made();
      await file.write(this.#text(), 0);
      return (await file.stat()).identity;
    });
  }

  /** Whether nobody was there before; nothing where the file can have no further name, or none there. */
  async #link(first: string, path: string, file: { links: number }): Promise<boolean | undefined> {
    try {
      await this.#disk.link(first, path);
    } catch (cause) {
      return codeOf(cause) === 'EEXIST' ? false : undefined;
    }
    const { links = 1 } = (await this.#disk.stat(first)) ?? {};
    // Some file systems do not count, and several locks may be taken at once.
    file.links = Math.max(file.links, links);
    return true;
  }

  /**
   * Under a lock of this lock's own: of several that want to take it over one does, and who comes later finds another lock
   * than the one that it wanted to take over.
   */
  async #takeOver(where: string, target: string, path: string, stale: Lock): Promise<void> {
    const claim = `${path}.${stale.token}`;
    await this.#take(where, target, claim);
    const found = await lockAt(this.#disk, path);
    if (found?.token === stale.token) {
      await this.#disk.rename(claim, path);
      const file = this.#files.get(claim);
      if (file !== undefined) this.#files.set(path, file);
      this.#files.delete(claim);
      return;
    }
    await this.#giveUp(claim);
    await this.#take(where, target, path);
  }

  async #giveUp(claim: string): Promise<void> {
    await this.#disk.remove(claim);
    this.#files.delete(claim);
    for (const [path, file] of this.#files) file.links = (await this.#disk.stat(path))?.links ?? 1;
  }

  async #isAlive(path: string, lock: Lock): Promise<boolean | undefined> {
    const alive = lock.mark === undefined ? undefined : this.#processes.isAlive(lock.mark);
    if (alive !== undefined) return alive;
    const now = await this.#now(path);
    return now - lock.changedAt > silentMs ? false : undefined;
  }

  /** By the clock of the file system: those of two machines may differ. */
  async #now(path: string): Promise<number> {
    const probe = `${path}.${this.#token}.now`;
    const now = await withFile(this.#disk, probe, 'new', async (file) => (await file.stat()).changedAt);
    await this.#disk.remove(probe);
    return now;
  }

  async #sayAlive(): Promise<void> {
    for (const [path, { identity }] of this.#files) {
      try {
        await withFile(this.#disk, path, 'write', async (file) => {
          // Somebody who has taken it away has another file there.
          if ((await file.stat()).identity === identity) await file.write(this.#text(), 0);
        });
      } catch {
        // `check` tells whether the lock is still there.
      }
    }
  }

  #text(): Uint8Array {
    return lockText(this.#processes.self, this.#token);
  }

  #heldBy(where: string, target: string, path: string, lock: Lock, alive: true | undefined): ConnectorError {
    const { mark } = lock;
    const { pid, host } = this.#processes.self;
    const who = mark === undefined ? 'somebody' : `process ${mark.pid} on ${mark.host}`;
    const self = mark?.pid === pid && mark.host === host ? ' (this one)' : '';
    const text =
      alive === true
        ? `"${target}" is in use by ${who}${self}`
        : `"${target}" was in use by ${who} less than ${silentMs / 1000} s ago; from here nobody can tell whether it still is. If it is not, wait, or remove "${path}"`;
    return new ConnectorError(where, text, { retryable: alive === undefined, code: 'ML_LOCKED' });
  }
}

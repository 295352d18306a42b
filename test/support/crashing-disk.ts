import { copyNames, rename, type Survives, Thing } from './power-cut.ts';
import type { Disk, DiskFile, DiskReader, DiskStat, DiskStep } from '../../connectors/files/disk/disk.ts';
import { takeSteps } from '../../connectors/files/disk/take-steps.ts';

/** The process is dead: nothing that it calls is done any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * A disk in memory that counts every change that is asked of it, and dies, or fails once, at the one that it is told. What
 * was not synced is gone when the power fails, names in folders too.
 */
export class CrashingDisk implements Disk {
  readonly root = new Thing(false);
  /** Changes so far, in words. */
  readonly changes: string[] = [];
  /** How many changes are made before it dies. Of a write at which it dies half of the bytes arrive. */
  diesAfter = Number.POSITIVE_INFINITY;
  /** The change that fails, and with what. */
  fails: { readonly at: number; readonly code: string } | undefined;
  now = 0;
  #isDead = false;

  /** What a process finds that starts afterwards. `power`: what of the rest survived, name by name and file by file. */
  afterDeath(survives: Survives): CrashingDisk {
    const next = new CrashingDisk();
    const seen = new Map<Thing, Thing>();
    copyNames(this.root, next.root, '', survives, seen);
    next.now = this.now;
    return next;
  }

  /** Every file with its content as text. */
  files(folder = ''): Record<string, string> {
    return Object.fromEntries(
      [...this.#at(folder).names].flatMap(([name, thing]) => {
        const path = folder === '' ? name : `${folder}/${name}`;
        return thing.isFile ? [[path, thing.content.toString('latin1')]] : Object.entries(this.files(path));
      }),
    );
  }

  contentOf(path: string): Buffer | undefined {
    const thing = this.#find(path);
    return thing?.isFile === true ? thing.content : undefined;
  }

  put(path: string, content: string | Uint8Array): void {
    const thing = new Thing(true);
    thing.content = Buffer.from(content as string);
    thing.durableContent = thing.content;
    const folder = this.#at(folderOf(path));
    folder.names.set(nameOf(path), thing);
    folder.durableNames.set(nameOf(path), thing);
  }

  async open(path: string, how: 'read' | 'write' | 'new'): Promise<DiskFile> {
    await this.#alive();
    if (how !== 'new') return this.#file(path, this.#must(path));
    const folder = this.#at(folderOf(path));
    if (folder.names.has(nameOf(path))) throw fault('EEXIST', path);
    const thing = new Thing(true);
    this.#change(`new ${path}`, () => rename(folder, { what: path, come: [nameOf(path), thing] }));
    thing.changedAt = this.now;
    return this.#file(path, thing);
  }

  openNow(path: string): DiskReader {
    if (this.#isDead) throw new Crash();
    const { content } = this.#must(path);
    return { size: content.length, read: (into, at) => copy(content, into, at), close: () => undefined };
  }

  async stat(path: string): Promise<DiskStat | undefined> {
    await this.#alive();
    const thing = this.#find(path);
    return thing === undefined ? undefined : statOf(thing);
  }

  async names(folder: string): Promise<readonly string[] | undefined> {
    await this.#alive();
    const thing = this.#find(folder);
    return thing === undefined ? undefined : [...thing.names.keys()];
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#alive();
    const thing = this.#must(from);
    this.#change(`rename ${from} ${to}`, () => {
      if (folderOf(from) !== folderOf(to)) throw new Error('not between folders');
      rename(this.#at(folderOf(to)), { what: `${from} ${to}`, gone: nameOf(from), come: [nameOf(to), thing] });
    });
  }

  async link(from: string, to: string): Promise<void> {
    await this.#alive();
    const thing = this.#must(from);
    const folder = this.#at(folderOf(to));
    if (folder.names.has(nameOf(to))) throw fault('EEXIST', to);
    this.#change(`link ${from} ${to}`, () => {
      rename(folder, { what: to, come: [nameOf(to), thing] });
      thing.links++;
    });
  }

  async remove(path: string): Promise<boolean> {
    await this.#alive();
    const thing = this.#find(path);
    if (thing === undefined) return false;
    this.#change(`remove ${path}`, () => {
      rename(this.#at(folderOf(path)), { what: path, gone: nameOf(path) });
      thing.links--;
    });
    return true;
  }

  async makeFolder(path: string): Promise<void> {
    await this.#alive();
    let folder = this.root;
    let at = '';
    for (const name of namesOf(path)) {
      at = at === '' ? name : `${at}/${name}`;
      const next = folder.names.get(name) ?? new Thing(false);
      if (!folder.names.has(name)) {
        const into = folder;
        this.#change(`folder ${at}`, () => rename(into, { what: name, come: [name, next] }));
      }
      folder = next;
    }
  }

  async syncFolder(path: string): Promise<void> {
    await this.#alive();
    const folder = this.#at(path);
    this.#change(`sync folder ${path}`, () => {
      folder.durableNames = new Map(folder.names);
      folder.renamed = [];
    });
  }

  take(steps: readonly DiskStep[]): Promise<void> {
    return takeSteps(this, steps);
  }

  /** Something else happens that a process can die before: a checkpoint is stored. */
  async mark(what: string): Promise<void> {
    await this.#alive();
    this.#change(what, () => undefined);
  }

  #file(path: string, thing: Thing): DiskFile {
    return {
      stat: async () => {
        await this.#alive();
        return statOf(thing);
      },
      write: async (bytes, at) => {
        await this.#alive();
        const kept = Uint8Array.from(bytes);
        this.#change(
          `write ${path}`,
          () => put(thing, kept, at, this.now),
          () => put(thing, kept.subarray(0, kept.length >> 1), at, this.now),
        );
      },
      read: async (into, at) => {
        await this.#alive();
        return copy(thing.content, into, at);
      },
      truncate: async (length) => {
        await this.#alive();
        this.#change(`truncate ${path}`, () => (thing.content = Buffer.concat([thing.content], length)));
      },
      sync: async () => {
        await this.#alive();
        this.#change(`sync ${path}`, () => (thing.durableContent = thing.content));
      },
      close: () => Promise.resolve(),
    };
  }

  #change(what: string, act: () => void, half = (): void => {}): void {
    if (this.changes.length >= this.diesAfter) {
      half();
      this.#isDead = true;
      throw new Crash();
    }
    this.changes.push(what);
    if (this.fails?.at === this.changes.length) {
      half();
      throw fault(this.fails.code, what);
    }
    act();
  }

  /** Nothing is answered within the call. */
  async #alive(): Promise<void> {
    await Promise.resolve();
    if (this.#isDead) throw new Crash();
  }

  #find(path: string): Thing | undefined {
    let thing: Thing | undefined = this.root;
    for (const name of namesOf(path)) thing = thing?.names.get(name);
    return thing;
  }

  #must(path: string): Thing {
    const thing = this.#find(path);
    if (thing === undefined) throw fault('ENOENT', path);
    return thing;
  }

  #at(folder: string): Thing {
    const thing = this.#must(folder);
    if (thing.isFile) throw fault('ENOTDIR', folder);
    return thing;
  }
}

function put(thing: Thing, bytes: Uint8Array, at: number, now: number): void {
  const content = Buffer.alloc(Math.max(thing.content.length, at + bytes.length));
  content.set(thing.content);
  content.set(bytes, at);
  thing.content = content;
  thing.changedAt = now;
}

function copy(content: Uint8Array, into: Uint8Array, at: number): number {
  const part = content.subarray(at, at + into.length);
  into.set(part);
  return part.length;
}

function statOf(thing: Thing): DiskStat {
  const { identity, isFile, links, changedAt } = thing;
  return { size: thing.content.length, isFile, identity, links, changedAt };
}

function fault(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function folderOf(path: string): string {
  return namesOf(path).slice(0, -1).join('/');
}

function nameOf(path: string): string {
  return namesOf(path).at(-1) ?? '';
}

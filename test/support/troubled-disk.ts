import type { DiskFile } from '../../connectors/files/disk/disk.ts';
import { CrashingDisk } from './crashing-disk.ts';

export type DiskAct = 'open' | 'new' | 'write' | 'sync' | 'truncate' | 'read';

/** A disk in memory that fails, or makes somebody wait, for as long as it is told. */
export class TroubledDisk extends CrashingDisk {
  /** The code with which something fails; nothing where it goes well. */
  fault: (act: DiskAct, path: string) => string | undefined = () => undefined;
  /** What a sync waits for. */
  gate: Promise<void> = Promise.resolve();

  override async open(path: string, how: 'read' | 'write' | 'new'): Promise<DiskFile> {
    this.#check(how === 'new' ? 'new' : 'open', path);
    const file = await super.open(path, how);
    const checked =
      <A extends unknown[], V>(act: DiskAct, does: (...given: A) => Promise<V>) =>
      async (...given: A): Promise<V> => {
        if (act === 'sync') await this.gate;
        this.#check(act, path);
        return await does(...given);
      };
    return {
      ...file,
      write: checked('write', async (bytes, at) => await file.write(bytes, at)),
      sync: checked('sync', () => file.sync()),
      truncate: checked('truncate', (length) => file.truncate(length)),
      read: checked('read', (into, at) => file.read(into, at)),
    };
  }

  #check(act: DiskAct, path: string): void {
    const code = this.fault(act, path);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${act} ${path}`), { code });
  }
}

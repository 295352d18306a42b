import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Locks } from '../../../../connectors/files/disk/locks.ts';
import type { ProcessMark, Processes } from '../../../../connectors/files/disk/processes.ts';
import { CrashingDisk } from '../../../support/crashing-disk.ts';

const here: ProcessMark = { host: 'here', boot: '1', namespace: '1', pid: 1, started: '10' };

/** A process of a machine on which those in `alive` are alive; of other machines nobody knows. */
function processOf(mark: Partial<ProcessMark>, alive: ReadonlySet<number>): Processes {
  const self = { ...here, ...mark };
  return { self, isAlive: ({ host, pid }) => (host === self.host ? alive.has(pid) : undefined) };
}

function locksOf(
  disk: CrashingDisk,
  mark: Partial<ProcessMark> = {},
  alive: ReadonlySet<number> = new Set([1, 2]),
): Locks {
  const locks = new Locks(disk, processOf(mark, alive));
  onTestFinished(() => locks.release().catch(() => undefined));
  return locks;
}

const take = (locks: Locks, path = 'x.lock'): Promise<void> => locks.take('toFile', 'x', path);

describe('a lock', () => {
  it('keeps everybody else out until it is released, and says who holds it', async () => {
    const disk = new CrashingDisk();
    const mine = locksOf(disk);
    await take(mine);
    await expect(take(locksOf(disk, { pid: 2 }))).rejects.toMatchObject({
      code: 'ML_LOCKED',
      retryable: false,
      message: 'toFile: "x" is in use by process 1 on here',
    });
    await expect(take(mine)).rejects.toThrowError('toFile: "x" is in use by process 1 on here (this one)');
    await expect(take(locksOf(disk))).rejects.toThrowError('(this one)');
    await mine.release();
    expect(disk.files()).toEqual({});
    await take(locksOf(disk, { pid: 2 }));
  });

  it('of a process that is dead is taken over', async () => {
    const disk = new CrashingDisk();
    await take(locksOf(disk, { pid: 7 }));
    await take(locksOf(disk));
    expect(Object.keys(disk.files())).toEqual(['x.lock']);
    await expect(take(locksOf(disk, { pid: 2 }))).rejects.toThrowError('process 1 on here');
  });

  it('goes to one of many that take it over, whatever their calls do to each other', async () => {
    for (let round = 0; round < 50; round++) {
      const disk = new CrashingDisk();
      await take(locksOf(disk, { pid: 7 }));
      const all = Array.from({ length: 5 }, (_, index) => locksOf(disk, { pid: index + 1 }, new Set([1, 2, 3, 4, 5])));
      const results = await Promise.allSettled(
        all.map(async (locks, index) => {
          for (let turns = (index * round) % 7; turns > 0; turns--) await Promise.resolve();
          await take(locks);
        }),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = results.findIndex(({ status }) => status === 'fulfilled') + 1;
      expect(JSON.parse(disk.files()['x.lock'] ?? '')).toMatchObject({ pid: winner });
      expect(Object.keys(disk.files())).toEqual(['x.lock']);
    }
  });

  it.each([[], ['y.lock']])('is left to whoever took it over in between, holding %j', async (...held) => {
    const disk = new CrashingDisk();
    await take(locksOf(disk, { pid: 7 }));
    const other = locksOf(disk, { pid: 2 });
    const late = locksOf(disk);
    for (const path of held) await take(late, path);
    const [open, link] = [disk.open.bind(disk), disk.link.bind(disk)];
    let isFirst = true;
    /** Just when the late one is about to say that it wants to take over. */
    const before = async (path: string): Promise<void> => {
      if (!isFirst || !path.startsWith('x.lock.')) return;
      isFirst = false;
      await take(other);
    };
    disk.open = async (path, how) => {
      if (how === 'new') await before(path);
      return open(path, how);
    };
    disk.link = async (from, to) => {
      await before(to);
      await link(from, to);
    };
    await expect(take(late)).rejects.toThrowError('"x" is in use by process 2 on here');
    expect(Object.keys(disk.files()).toSorted()).toEqual(['x.lock', ...held]);
    await late.check('toFile');
  });

  it('that goes away while it is looked at is free', async () => {
    const disk = new CrashingDisk();
    const mine = locksOf(disk);
    await take(mine);
    const open = disk.open.bind(disk);
    disk.open = async (path, how) => {
      if (how === 'read') await disk.remove(path);
      return open(path, how);
    };
    await take(locksOf(disk, { pid: 2 }));
    expect(JSON.parse(disk.files()['x.lock'] ?? '')).toMatchObject({ pid: 2 });
  });

  it('is taken over at once also when a process dies at any moment of taking it over', async () => {
    for (let after = 0; after < 12; after++) {
      const disk = new CrashingDisk();
      await take(locksOf(disk, { pid: 7 }));
      disk.diesAfter = disk.changes.length + after;
      await take(locksOf(disk, { pid: 8 }, new Set([8]))).catch(() => undefined);
      const next = disk.afterDeath('all');
      await take(locksOf(next));
      // What it had not given its name yet says nothing to anybody.
      expect(Object.keys(next.files()).filter((name) => !/\.(now|new)$/.test(name))).toEqual(['x.lock']);
    }
  });

  it('is taken away from whoever holds it where that is asked for, who then learns so and leaves it alone', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const disk = new CrashingDisk();
    const slow = locksOf(disk, { pid: 2 });
    await take(slow);
    const mine = locksOf(disk);
    await mine.take('directory', 'x', 'x.lock', true);
    await expect(slow.check('directory')).rejects.toMatchObject({ code: 'ML_LOCKED', retryable: false });
    // It still says that it is there, in what it takes for its lock.
    await vi.advanceTimersByTimeAsync(6_000);
    await slow.release();
    expect(JSON.parse(disk.files()['x.lock'] ?? '')).toMatchObject({ pid: 1 });
    await mine.check('directory');
    await expect(take(locksOf(disk, { pid: 2 }))).rejects.toThrowError('"x" is in use by process 1 on here');
  });

  it('of another machine is respected while its holder says that it is there', async () => {
    const disk = new CrashingDisk();
    await take(locksOf(disk, { host: 'there' }));
    disk.now = 30_000;
    await expect(take(locksOf(disk))).rejects.toMatchObject({
      code: 'ML_LOCKED',
      retryable: true,
      message:
        'toFile: "x" was in use by process 1 on there less than 30 s ago; from here nobody can tell whether it still is. If it is not, wait, or remove "x.lock"',
    });
    disk.now = 30_001;
    await take(locksOf(disk));
    expect(JSON.parse(disk.files()['x.lock'] ?? '')).toMatchObject({ host: 'here' });
    expect(Object.keys(disk.files())).toEqual(['x.lock']);
  });

  it('says every five seconds that its holder is there, for all that it holds', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const disk = new CrashingDisk();
    const locks = locksOf(disk, { host: 'there' });
    await take(locks);
    await take(locks, 'y.lock');
    disk.now = 40_000;
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(take(locksOf(disk), 'y.lock')).rejects.toMatchObject({ code: 'ML_LOCKED' });
    expect(disk.changes.filter((change) => change === 'write x.lock')).toHaveLength(1);
    expect(disk.changes).toContain('link x.lock y.lock');
    await locks.release();
    disk.now = 80_000;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(disk.files()).toEqual({});
  });

  it('that somebody has taken away is missed', async () => {
    const disk = new CrashingDisk();
    const locks = locksOf(disk);
    await take(locks);
    await take(locks, 'y.lock');
    await locks.check('toFile');
    await disk.remove('y.lock');
    await expect(locks.check('toFile')).rejects.toMatchObject({ code: 'ML_LOCKED', retryable: false });
    const others = locksOf(disk, { host: 'there' });
    disk.now = 60_000;
    await take(others);
    await locks.release();
    expect(Object.keys(disk.files())).toEqual(['x.lock']);
  });

  it.each(['', '{', '{"pid":1}', '{"pid":-1,"token":"ab","host":"","boot":"","namespace":"","started":""}', '[]'])(
    "that says %j is nobody's when nothing has become of it for long",
    async (text) => {
      const disk = new CrashingDisk();
      disk.put('x.lock', text);
      await expect(take(locksOf(disk))).rejects.toThrowError('was in use by somebody less than 30 s ago');
      disk.now = 60_000;
      await take(locksOf(disk));
      expect(Object.keys(disk.files())).toEqual(['x.lock']);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import { folder, inbound, JournalLife, turns } from '../../support/mqtt/journal-life.ts';
import { numbered } from '../../support/mqtt/numbered.ts';
import { type DiskAct, TroubledDisk } from '../../support/troubled-disk.ts';

const paths = (disk: CrashingDisk): string[] =>
  Object.keys(disk.files(folder))
    .filter((path) => path.endsWith('.journal'))
    .toSorted();
const messages = (count: number, from = 0): ReturnType<typeof inbound>[] =>
  numbered(count, from).map((payload, index) => inbound(payload, 1 + from + index));
const wanted = (life: JournalLife): number => life.notices.filter(({ kind }) => kind === 'checkpoint').length;

/** All that a new process finds. */
async function all(disk: CrashingDisk, positions: JournalLife['positions'] = {}): Promise<string[]> {
  const life = await new JournalLife(disk, positions).begin();
  await life.until(() => !life.custody.isBehind());
  const found: string[] = [];
  for (let some = life.take(); some.length > 0; some = life.take()) found.push(...some);
  await life.end();
  expect(life.failure).toBeUndefined();
  return found;
}

describe('the tail of a journal', () => {
  it('is cut where it is torn, at every byte, and everything before it stays', { timeout: 60_000 }, async () => {
    const disk = new CrashingDisk();
    const life = await new JournalLife(disk).begin();
    const ends: number[] = [];
    for (const [index, message] of messages(4).entries()) {
      life.arrive(message);
      await life.until(() => life.said.length === index + 1);
      ends.push(disk.contentOf(paths(disk)[0]!)!.length);
    }
    await life.end();
    const [path = ''] = paths(disk);
    const content = disk.contentOf(path)!;
    for (let length = 0; length <= content.length; length++) {
      const torn = new CrashingDisk();
      await torn.makeFolder(folder);
      torn.put(path, content.subarray(0, length));
      const next = await new JournalLife(torn).begin();
      const whole = ends.filter((end) => end <= length).length;
      await next.until(() => next.inbox.size === whole && !next.custody.isBehind());
      expect([length, next.take()]).toEqual([length, numbered(whole)]);
      const isTorn = ends[0]! <= length && !ends.includes(length);
      if (isTorn) expect(next.warnings).toEqual([expect.stringContaining('were not complete, and are cut off')]);
      // What comes then stands behind it.
      next.arrive(inbound('next', 9));
      await next.until(() => next.inbox.size === 1);
      await next.end();
      expect([length, await all(torn)]).toEqual([length, [...numbered(whole), 'next']]);
    }
  });

  it('is cut where any bit of it is another, and what is not the tail is told', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    life.arrive(...messages(3));
    await life.until(() => life.said.length === 3);
    disk.fault = (act, path) => (act === 'sync' && path.endsWith('1.journal') ? 'EIO' : undefined);
    life.arrive(...messages(3, 3));
    await life.until(() => life.warnings.length === 1);
    disk.fault = () => undefined;
    life.clock.advanceTo(250);
    await life.until(() => life.said.length === 6);
    await life.end();
    const [first = '', second = ''] = paths(disk);
    const turned = (path: string): CrashingDisk => {
      const next = disk.afterDeath('all');
      const content = Buffer.from(next.contentOf(path)!);
      content[content.length - 20]! ^= 4;
      next.put(path, content);
      return next;
    };
    expect(await all(turned(second))).toEqual(numbered(3));
    const damaged = await new JournalLife(turned(first)).begin();
    await damaged.until(() => damaged.failure !== undefined);
    expect(damaged.failure).toMatchObject({ code: 'ML_MQTT_JOURNAL', message: expect.stringContaining('is damaged') });
    await damaged.end();
  });
});

describe('a disk that fails', () => {
  it.each<[DiskAct, string]>([
    ['write', 'ENOSPC'],
    ['sync', 'ENOSPC'],
    ['new', 'ENOSPC'],
    ['sync', 'EIO'],
    ['write', 'EDQUOT'],
  ])('at %s with %s: nothing is acknowledged, and all of it is when the disk can again', async (act, code) => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    if (act !== 'new') {
      life.arrive(...messages(5));
      await life.until(() => life.said.length === 5);
    }
    disk.fault = (each, path) => (each === act && path.endsWith('.journal') ? code : undefined);
    const before = life.said.length;
    life.arrive(...messages(10, before));
    await life.until(() => life.warnings.length === 1);
    expect(life.warnings[0]).toMatch(new RegExp(`cannot write "journal": ${code}; nothing is acknowledged`));
    // The pauses grow: 250, 500, 1,000 ms.
    let attempts = 0;
    disk.fault = (each, path) => {
      // A file of its own is begun for each attempt.
      if (each === 'new' && path.endsWith('.journal')) attempts++;
      return each === act && path.endsWith('.journal') ? code : undefined;
    };
    const after: number[] = [];
    for (const at of [249, 250, 749, 750, 1_749, 1_750]) {
      life.clock.advanceTo(at);
      await turns(30);
      after.push(attempts);
    }
    expect([after, life.said.length]).toEqual([[0, 1, 1, 2, 2, 3], before]);
    disk.fault = () => undefined;
    life.clock.advanceTo(10_000);
    await life.until(() => life.said.length === before + 10);
    expect(life.warnings).toHaveLength(1);
    await life.end();
    expect(await all(disk.afterDeath('all'))).toEqual(numbered(before + 10));
    const cut = disk.afterDeath(() => false);
    cut.now = 60_000;
    expect(await all(cut)).toEqual(numbered(before + 10));
  });

  it('does not trust what a sync failed for: it stands in another file, and the one before is cut', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    life.arrive(...messages(2));
    await life.until(() => life.said.length === 2);
    const [first = ''] = paths(disk);
    const { length } = disk.contentOf(first)!;
    disk.fault = (act) => (act === 'sync' ? 'EIO' : undefined);
    life.arrive(...messages(2, 2));
    await life.until(() => life.warnings.length === 1);
    disk.fault = () => undefined;
    expect(disk.contentOf(first)).toHaveLength(length);
    life.clock.advanceTo(250);
    await life.until(() => life.said.length === 4);
    expect(paths(disk)).toHaveLength(2);
    expect(life.take()).toEqual(numbered(4));
    await life.end();
    expect(await all(disk)).toEqual(numbered(4));
  });

  it('where the one before cannot be cut either, counts from there what the next one says', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    life.arrive(...messages(2));
    await life.until(() => life.said.length === 2);
    disk.fault = (act) => (act === 'sync' || act === 'truncate' ? 'EIO' : undefined);
    life.arrive(...messages(2, 2));
    await life.until(() => life.warnings.length === 1);
    disk.fault = () => undefined;
    life.clock.advanceTo(250);
    await life.until(() => life.said.length === 4);
    await life.end();
    expect(await all(disk)).toEqual(numbered(4));
  });

  it('for good, ends it', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    disk.fault = (act) => (act === 'new' ? 'EACCES' : undefined);
    life.arrive(inbound('1', 1));
    await life.until(() => life.failure !== undefined);
    expect(life.failure).toMatchObject({ code: 'ML_CONNECTOR', retryable: false, cause: { code: 'EACCES' } });
    expect(life.said).toEqual([]);
    await life.end();
  });

  it('when it ends is not waited for, and what waited is not acknowledged', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    disk.fault = (act) => (act === 'write' ? 'ENOSPC' : undefined);
    life.arrive(inbound('1', 1));
    await life.until(() => life.warnings.length === 1);
    await life.end();
    expect(life.said).toEqual([]);
    disk.fault = () => undefined;
    expect(await all(disk)).toEqual([]);
  });

  it('makes room by what no checkpoint needs any more', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 8 * 2 ** 20 }).begin();
    const fill = async (): Promise<void> => {
      life.arrive(inbound('x'.repeat(1_100_000), 1, 0));
      await life.until(() => life.inbox.size > 0);
      life.take();
    };
    await fill();
    await life.checkpoint();
    await fill();
    await life.checkpoint();
    // One file is kept for checkpoints that may be gone back to.
    expect(paths(disk)).toHaveLength(2);
    disk.fault = (act) => (act === 'new' ? 'ENOSPC' : undefined);
    life.arrive(inbound('y', 2, 0));
    await life.until(() => paths(disk).length === 1);
    disk.fault = () => undefined;
    await life.end();
  });
});

describe('a journal that is as large as it may be', () => {
  it('takes no more, says so once, and goes on when a checkpoint lets something go', { timeout: 60_000 }, async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 20 }).begin();
    const publish = async (): Promise<number> => {
      let count = 0;
      for (; !life.custody.isFull(); count++) {
        life.arrive(inbound('z'.repeat(50_000), 1, 0));
        await life.until(() => !life.custody.isBehind() || life.inbox.bytes > 0);
        await turns(10);
      }
      return count;
    };
    expect(await publish()).toBeGreaterThan(15);
    expect(life.custody.isFull()).toBe(true);
    expect(life.warnings).toEqual([expect.stringContaining('is full (`maxBytes`: 1048576)')]);
    expect(wanted(life)).toBe(0);
    // The job has it: then a checkpoint would help.
    life.take();
    life.take();
    expect(wanted(life)).toBeGreaterThan(0);
    const resumed = life.resumed;
    await life.checkpoint();
    await life.until(() => !life.custody.isFull());
    expect(life.resumed).toBeGreaterThan(resumed);
    expect(paths(disk).reduce((sum, path) => sum + disk.contentOf(path)!.length, 0)).toBeLessThan(2 ** 19);
    expect(await publish()).toBeGreaterThan(10);
    expect(life.warnings).toHaveLength(2);
    await life.end();
  });

  it('is not stuck with one message that is larger than all of it may be', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 20 }).begin();
    for (let n = 1; n <= 3; n++) {
      life.arrive(inbound('z'.repeat(2_500_000), n));
      await life.until(() => life.said.length === n);
      expect(life.custody.isFull()).toBe(true);
      await life.until(() => life.inbox.size === 1);
      life.take();
      await life.checkpoint();
      await life.until(() => !life.custody.isFull());
    }
    expect(paths(disk)).toHaveLength(1);
    await life.end();
    expect(await all(disk)).toEqual([]);
  });

  it('keeps what three checkpoints need while there is room', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 26 }).begin();
    const left: number[] = [];
    for (let n = 1; n <= 5; n++) {
      life.arrive(inbound('z'.repeat(8_500_000), n));
      await life.until(() => life.inbox.size === 1);
      life.take();
      await life.checkpoint();
      left.push(paths(disk).length);
    }
    // What stood before the oldest of the three is not needed.
    expect(left).toEqual([1, 2, 2, 2, 2]);
    await life.end();
  });
});

describe('a job that stalls', () => {
  it('finds the rest on the disk, in order, and holds little of it', { timeout: 60_000 }, async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    let most = 0;
    for (let n = 0; n < 30; n++) {
      for (let m = 0; m < 40; m++) life.arrive(inbound(`${n * 40 + m} ${'w'.repeat(20_000)}`, 1 + m, 0));
      await life.until(() => !life.custody.isFull());
      await turns(20);
      most = Math.max(most, life.inbox.bytes);
    }
    // 24 MB came.
    expect(most).toBeLessThan(6 * 2 ** 20);
    const seen: string[] = [];
    while (seen.length < 1_210) {
      seen.push(...life.take(7).map((payload) => payload.split(' ')[0]!));
      await turns(3);
      // It comes while the backlog is read.
      if (seen.length === 700) life.arrive(...messages(10));
    }
    expect(seen).toEqual([...Array.from({ length: 1_200 }, (_, n) => String(n)), ...numbered(10)]);
    await life.until(() => !life.custody.isBehind());
    // It has caught up: what comes now is at hand at once.
    life.arrive(inbound('live', 20));
    await life.until(() => life.inbox.size === 1);
    expect(life.take()).toEqual(['live']);
    await life.end();
  });
});

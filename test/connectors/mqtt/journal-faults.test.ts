import { describe, expect, it } from 'vitest';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import {
  everythingIn,
  filesOf,
  folder,
  inbound,
  JournalLife,
  messages,
  turns,
} from '../../support/mqtt/journal-life.ts';
import { numbered } from '../../support/mqtt/numbered.ts';
import { type DiskAct, TroubledDisk } from '../../support/troubled-disk.ts';

describe('the tail of a journal', () => {
  it('is cut where it is torn, at every byte, and everything before it stays', { timeout: 60_000 }, async () => {
    const disk = new CrashingDisk();
    const life = await new JournalLife(disk).begin();
    const ends: number[] = [];
    for (const [index, message] of messages(4).entries()) {
      life.arrive(message);
      await life.until(() => life.said.length === index + 1);
      ends.push(disk.contentOf(filesOf(disk)[0]!)!.length);
    }
    await life.end();
    const [path = ''] = filesOf(disk);
    const content = disk.contentOf(path)!;
    let told = 0;
    for (let length = 0; length <= content.length; length++) {
      const torn = new CrashingDisk();
      await torn.makeFolder(folder);
      torn.put(path, content.subarray(0, length));
      const next = await new JournalLife(torn).begin();
      const whole = ends.filter((end) => end <= length).length;
      await next.until(() => next.inbox.size === whole && !next.custody.isBehind());
      expect([length, next.take()]).toEqual([length, numbered(whole)]);
      if (next.warnings.some((each) => each.includes('were not complete, and are cut off'))) told++;
      // What comes then stands behind it.
      next.arrive(inbound('next', 9));
      await next.until(() => next.inbox.size === 1);
      await next.end();
      expect([length, await everythingIn(torn)]).toEqual([length, [...numbered(whole), 'next']]);
    }
    // Whole: nothing at all, the beginning of the file, and each message.
    expect(told).toBe(content.length + 1 - 2 - ends.length);
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
    const [first = '', second = ''] = filesOf(disk);
    const turned = (path: string): CrashingDisk => {
      const next = disk.afterDeath('all');
      const content = Buffer.from(next.contentOf(path)!);
      content[content.length - 20]! ^= 4;
      next.put(path, content);
      return next;
    };
    expect(await everythingIn(turned(second))).toEqual(numbered(3));
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
    life.arrive(...messages(5));
    await life.until(() => life.said.length === 5);
    // Where a new file cannot be made, one is needed: the one before has failed.
    const fails = (each: DiskAct, path: string): boolean =>
      path.endsWith('.journal') && (each === act || (act === 'new' && path.endsWith('1.journal')));
    disk.fault = (each, path) => (fails(each, path) ? code : undefined);
    const before = life.said.length;
    life.arrive(...messages(10, before));
    await life.until(() => life.warnings.length === 1);
    expect(life.warnings[0]).toMatch(new RegExp(`cannot write "journal": ${code}; nothing is acknowledged`));
    // The pauses grow: 250, 500, 1,000 ms.
    let attempts = 0;
    disk.fault = (each, path) => {
      // A file of its own is begun for each attempt.
      if (each === 'new' && path.endsWith('.journal')) attempts++;
      return fails(each, path) ? code : undefined;
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
    expect(await everythingIn(disk.afterDeath('all'))).toEqual(numbered(before + 10));
    const cut = disk.afterDeath(() => false);
    cut.now = 60_000;
    expect(await everythingIn(cut)).toEqual(numbered(before + 10));
  });

  it('does not trust what a sync failed for: it stands in another file, and the one before is cut', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    life.arrive(...messages(2));
    await life.until(() => life.said.length === 2);
    const [first = ''] = filesOf(disk);
    const { length } = disk.contentOf(first)!;
    disk.fault = (act) => (act === 'sync' ? 'EIO' : undefined);
    life.arrive(...messages(2, 2));
    await life.until(() => life.warnings.length === 1);
    disk.fault = () => undefined;
    expect(disk.contentOf(first)).toHaveLength(length);
    life.clock.advanceTo(250);
    await life.until(() => life.said.length === 4);
    expect(filesOf(disk)).toHaveLength(2);
    expect(life.take()).toEqual(numbered(4));
    await life.end();
    expect(await everythingIn(disk)).toEqual(numbered(4));
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
    expect(await everythingIn(disk)).toEqual(numbered(4));
  });

  it('for good, ends it', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    disk.fault = (act) => (act === 'write' ? 'EACCES' : undefined);
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
    expect(await everythingIn(disk)).toEqual([]);
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
    expect(filesOf(disk)).toHaveLength(2);
    disk.fault = (act) => (act === 'new' ? 'ENOSPC' : undefined);
    life.arrive(inbound('y', 2, 0));
    await life.until(() => filesOf(disk).length === 1);
    disk.fault = () => undefined;
    await life.end();
  });
});

import { describe, expect, it } from 'vitest';
import { everythingIn, filesOf, inbound, JournalLife, messages, turns } from '../../support/mqtt/journal-life.ts';
import { numbered } from '../../support/mqtt/numbered.ts';
import { TroubledDisk } from '../../support/troubled-disk.ts';

describe('a journal that is as large as it may be', () => {
  it('takes no more, says so once, and goes on when a checkpoint lets something go', { timeout: 60_000 }, async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 20 }).begin();
    const wanted = (): number => life.notices.filter(({ kind }) => kind === 'checkpoint').length;
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
    expect(wanted()).toBe(0);
    // The job has it: then a checkpoint would help.
    life.take();
    life.take();
    expect(wanted()).toBeGreaterThan(0);
    const resumed = life.resumed;
    await life.checkpoint();
    await life.until(() => !life.custody.isFull());
    expect(life.resumed).toBeGreaterThan(resumed);
    expect(filesOf(disk).reduce((sum, path) => sum + disk.contentOf(path)!.length, 0)).toBeLessThan(2 ** 19);
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
    expect(filesOf(disk)).toHaveLength(1);
    await life.end();
    expect(await everythingIn(disk)).toEqual([]);
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
      left.push(filesOf(disk).length);
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

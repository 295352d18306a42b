import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../connectors/mqtt/journal/open-journal.ts';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import { onlyOne } from '../../support/file-lives.ts';
import { afterPowerCut, filesOf, folder, inbound, JournalLife, messages } from '../../support/mqtt/journal-life.ts';
import { TroubledDisk } from '../../support/troubled-disk.ts';

const broken = (cause: unknown): unknown => expect.objectContaining({ code: 'ML_MQTT_JOURNAL', ...(cause as object) });

describe('a journal that cannot be gone on with', () => {
  const filled = async (disk: CrashingDisk): Promise<JournalLife['positions']> => {
    const life = await new JournalLife(disk).begin();
    life.arrive(...messages(5));
    await life.until(() => life.inbox.size === 5);
    life.take(3);
    const cut = await life.checkpoint();
    await life.end();
    return cut;
  };

  it('is gone: is told', async () => {
    const cut = await filled(new CrashingDisk());
    const message = expect.stringContaining('is not in "journal"');
    await expect(new JournalLife(new CrashingDisk(), cut).begin()).rejects.toEqual(broken({ message }));
  });

  it('has lost its end: is told', async () => {
    const disk = new CrashingDisk();
    const cut = await filled(disk);
    const beyond = { '0': { ...cut['0']!, entry: 9 } };
    const message = expect.stringContaining('has lost its end');
    await expect(new JournalLife(disk, beyond).begin()).rejects.toEqual(broken({ message }));
  });

  it('has been emptied behind a newer checkpoint: is told', async () => {
    const disk = new CrashingDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 20 }).begin();
    life.arrive(inbound('first', 1));
    await life.until(() => life.inbox.size === 1);
    life.take();
    const old = await life.checkpoint();
    for (let n = 0; n < 30; n++) {
      life.arrive(inbound('y'.repeat(100_000), 8, 0));
      await life.until(() => life.inbox.size > 0);
      life.take();
      await life.checkpoint();
    }
    await life.end();
    const message = expect.stringContaining('was deleted behind a newer checkpoint');
    await expect(new JournalLife(disk, old).begin()).rejects.toEqual(broken({ message }));
  });

  it('is done with in part, and the state of the job is gone: is told', async () => {
    const disk = new CrashingDisk();
    await filled(disk);
    const message = expect.stringContaining('the job has no checkpoint');
    await expect(new JournalLife(disk, {}, { isStateGone: true }).begin()).rejects.toEqual(broken({ message }));
    // Whoever has no state goes on.
    const life = await new JournalLife(disk).begin();
    await life.until(() => life.inbox.size === 2);
    await life.end();
  });

  it('is in use by another process: is told, which one', async () => {
    const disk = new CrashingDisk();
    const life = await new JournalLife(disk).begin();
    const both = { ...onlyOne(1_000_001), isAlive: () => true };
    await expect(openJournal(folder, 'c', { disk, processes: both })).rejects.toMatchObject({ code: 'ML_LOCKED' });
    await life.end();
    await (await openJournal(folder, 'c', { disk, processes: both })).locks.release();
  });

  it('is of another client, or of two journals: is told', async () => {
    const disk = new CrashingDisk();
    await filled(disk);
    const world = { disk, processes: onlyOne(1_000_002) };
    const ofAnother = broken({ message: expect.stringContaining('of the client "c", and this one is "d"') });
    await expect(openJournal(folder, 'd', world)).rejects.toEqual(ofAnother);
    const other = new CrashingDisk();
    await filled(other);
    disk.put(`${folder}/0000000009.journal`, other.contentOf(filesOf(other)[0]!)!);
    const ofTwo = broken({ message: expect.stringContaining('has files of two journals') });
    await expect(new JournalLife(disk).begin()).rejects.toEqual(ofTwo);
  });

  it('has nothing in it yet: a checkpoint that names it can be gone on from', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.positions = { '0': first.custody.beginning('0') };
    const cut = await first.checkpoint();
    const second = await new JournalLife(afterPowerCut(disk), cut, { isStateGone: true }).begin();
    second.arrive(inbound('1', 1));
    await second.until(() => second.inbox.size === 1);
    await second.end();
    const message = expect.stringContaining('is not in "journal"');
    await expect(new JournalLife(new CrashingDisk(), cut).begin()).rejects.toEqual(broken({ message }));
  });

  it('cannot be begun: fails, for now', async () => {
    const disk = new TroubledDisk();
    disk.fault = (act, path) => (act === 'write' && path.endsWith('.journal') ? 'ENOSPC' : undefined);
    const life = new JournalLife(disk);
    await expect(life.begin()).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: true });
    await life.end();
    expect(filesOf(disk)).toEqual([]);
    disk.fault = () => undefined;
    await (await new JournalLife(disk).begin()).end();
  });
});

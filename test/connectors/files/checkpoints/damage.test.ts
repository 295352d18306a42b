import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../../connectors/files/checkpoints/open-folder.ts';
import type { Checkpoint, OpenCheckpointStore } from '../../../../core/checkpoint.ts';
import { CrashingDisk } from '../../../support/crashing-disk.ts';
import { onlyOne } from '../../../support/file-lives.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';

const path = 'state/job/0000000001-r-1.committed';
const notesPath = 'state/job/0000000001-r-1.notes';

function open(disk: CrashingDisk, job = 'job', folder = 'state'): Promise<OpenCheckpointStore> {
  return openFolder(folder, job, { disk, processes: onlyOne(1) });
}

/** A disk with one checkpoint, and notes behind it. */
async function storedOn(checkpoint: Checkpoint = sampleCheckpoint('r-1')): Promise<CrashingDisk> {
  const disk = new CrashingDisk();
  const store = await open(disk);
  await store.store(checkpoint);
  await store.note('out', { note: 1 }, 'r-1');
  await store.note('out', { note: 'two'.repeat(20) }, 'r-1');
  await store.close();
  return disk;
}

/** What a store says of a disk on which this file has this content. */
async function listedWith(disk: CrashingDisk, content: Uint8Array, of = path) {
  disk.put(of, content);
  const store = await open(disk);
  const listed = await store.list();
  const notes = await store.notes('out', undefined).catch((cause: unknown) => cause);
  await store.close();
  return { listed, notes };
}

function damageOf(listed: Awaited<ReturnType<OpenCheckpointStore['list']>>): string {
  const [first] = listed;
  return first !== undefined && 'damage' in first && first.damage instanceof Error ? first.damage.message : 'none';
}

describe('a checkpoint that is damaged', { timeout: 60_000 }, () => {
  it('is told where it is cut anywhere, and not passed over', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(path) as Buffer;
    for (let length = 0; length < whole.length; length++) {
      const { listed } = await listedWith(disk, whole.subarray(0, length));
      expect(listed).toMatchObject([{ id: 'r-1' }]);
      expect(damageOf(listed), `cut at ${length}`).toMatch(/^directory: "state\/job\/0000000001-r-1.committed" /);
    }
  });

  it('is told where any one bit of it is another', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(path) as Buffer;
    for (let at = 0; at < whole.length; at++) {
      const other = Uint8Array.from(whole);
      other[at] = (other[at] as number) ^ (1 << (at % 8));
      expect(damageOf((await listedWith(disk, other)).listed), `byte ${at}`).not.toBe('none');
    }
  });

  it.each<[string, (whole: Buffer) => Uint8Array, string]>([
    ['has more behind its end', (whole) => Buffer.concat([whole, Buffer.alloc(1)]), 'goes on behind its end'],
    ['is another file', () => Buffer.from('{"a":1}\n'), 'does not begin with "millrace checkpoint 1"'],
    [
      'is of a later version',
      (whole) => Buffer.from(whole.toString('latin1').replace('t 1\n', 't 2\n'), 'latin1'),
      'does not begin with',
    ],
    ['is empty', () => Buffer.alloc(0), 'does not begin with'],
    [
      'asks for much',
      (whole) => {
        const at = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1;
        const other = Buffer.from(whole);
        other.writeUInt32LE(0xffff_ffff, at);
        return other;
      },
      'has no frame at byte',
    ],
  ])('is told when it %s', async (_, change, damage) => {
    const disk = await storedOn();
    const { listed } = await listedWith(disk, change(disk.contentOf(path) as Buffer));
    expect(damageOf(listed)).toContain(damage);
  });

  it('is told when it is of another job, or under the name of another', async () => {
    const disk = await storedOn();
    const other = await open(disk, 'other');
    await other.close();
    disk.put('state/other/0000000001-r-1.committed', disk.contentOf(path) as Buffer);
    const store = await open(disk, 'other');
    expect(damageOf(await store.list())).toBe(
      'directory: "state/other/0000000001-r-1.committed" is of the job "job", and this one is "other"',
    );
    disk.put('state/job/0000000002-r-2.committed', disk.contentOf(path) as Buffer);
    expect(damageOf(await (await open(disk)).list())).toContain('holds the checkpoint "r-1"');
  });

  it('is no damage where a file cannot be opened for now', async () => {
    const disk = await storedOn();
    const store = await open(disk);
    disk.openNow = () => {
      throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
    };
    await expect(store.list()).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: true });
  });
});

describe('notes that are damaged', () => {
  it('are without the last one where it is cut anywhere, for nobody was told that it is durable', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(notesPath) as Buffer;
    const counts = [];
    for (let length = 0; length < whole.length; length++) {
      const { notes } = await listedWith(disk, whole.subarray(0, length), notesPath);
      expect(Array.isArray(notes), `cut at ${length}`).toBe(true);
      counts.push((notes as unknown[]).length);
    }
    expect(new Set(counts)).toEqual(new Set([0, 1]));
    expect(counts).toEqual(counts.toSorted((left, right) => left - right));
  });

  it('go on behind the last whole one', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(notesPath) as Buffer;
    for (let length = 0; length < whole.length; length += 3) {
      disk.put(notesPath, whole.subarray(0, length));
      const store = await open(disk);
      const before = await store.notes('out', 'r-1');
      await store.note('out', { note: 'new' }, 'r-1');
      await store.note('other', {}, 'r-1');
      expect(await store.notes('out', 'r-1')).toEqual([...before, { note: 'new' }]);
      await store.close();
    }
  });

  it('are without one of which the power left but zeros', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(notesPath) as Buffer;
    expect((await listedWith(disk, Buffer.concat([whole, Buffer.alloc(50)]), notesPath)).notes).toHaveLength(2);
    expect((await listedWith(disk, Buffer.alloc(whole.length), notesPath)).notes).toHaveLength(0);
  });

  it('are told where a whole one is behind the damage', async () => {
    const disk = await storedOn();
    const whole = disk.contentOf(notesPath) as Buffer;
    const first = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1;
    for (let at = first; at < whole.indexOf('two') - 40; at++) {
      const other = Uint8Array.from(whole);
      other[at] = (other[at] as number) ^ 0x10;
      const { notes } = await listedWith(disk, other, notesPath);
      expect(notes, `byte ${at}`).toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
    }
  });
});

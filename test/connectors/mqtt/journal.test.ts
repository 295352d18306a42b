import { describe, expect, it } from 'vitest';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import {
  afterPowerCut,
  filesOf,
  folder,
  inbound,
  JournalLife,
  messages,
  syncsOf,
  turns,
} from '../../support/mqtt/journal-life.ts';
import { numbered } from '../../support/mqtt/numbered.ts';
import { TroubledDisk } from '../../support/troubled-disk.ts';

describe('a journal', () => {
  it('acknowledges a message when it is durable, and not before', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    let open = (): void => {};
    disk.gate = new Promise((resolve) => (open = resolve));
    life.arrive(inbound('1', 1));
    await life.until(() => disk.changes.some((change) => /^write .*\.journal$/.test(change)));
    await turns(20);
    expect([life.said, life.take(), life.custody.isBehind()]).toEqual([[], [], true]);
    open();
    await life.until(() => life.said.length === 1);
    expect([life.said, life.take(), life.custody.isBehind()]).toEqual([['puback 1'], ['1'], false]);
    await life.end();
  });

  it('makes durable together what came while the one before was', async () => {
    const disk = new TroubledDisk();
    const life = await new JournalLife(disk).begin();
    const before = syncsOf(disk);
    let open = (): void => {};
    disk.gate = new Promise((resolve) => (open = resolve));
    life.arrive(inbound('0', 100));
    await turns(20);
    life.arrive(...messages(40));
    await turns(20);
    open();
    await life.until(() => life.said.length === 41);
    expect(syncsOf(disk) - before).toBe(2);
    await life.end();
  });

  it('gives back every message as it came, the time of its first arrival included', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.clock.advanceTo(1_234_567);
    const properties = { userProperties: { unit: 'C', tags: ['a', 'b'] }, correlationData: Buffer.from([0, 255]) };
    const large = inbound('x'.repeat(3_000_000), 3);
    const all = [
      { ...inbound('', 1, 0, 'b'), retain: true },
      { ...inbound('ü€', 65_535, 2), duplicate: true, properties },
      large,
      inbound('behind', 4),
    ];
    first.arrive(...all);
    await first.until(() => first.inbox.size === 4);
    await first.end();
    const second = await new JournalLife(disk).begin();
    await second.until(() => second.inbox.size === 4);
    const taken = second.inbox.take(new Set(), 10)!.messages;
    for (const [index, { message }] of taken.entries()) {
      const { payload, ...rest } = all[index]!;
      // A comparison by value would look at three million numbers.
      expect(Buffer.from(payload).equals(message.payload)).toBe(true);
      expect({ ...message, payload: '' }).toEqual({ ...rest, payload: '' });
    }
    expect(taken.map(({ receivedAt }) => receivedAt)).toEqual([1_234_567, 1_234_567, 1_234_567, 1_234_567]);
    await second.end();
  });

  it('goes on from the position of a checkpoint, an older one included', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.arrive(...messages(30));
    await first.until(() => first.inbox.size === 30);
    first.take(10);
    const older = await first.checkpoint();
    first.take(10);
    const newer = await first.checkpoint();
    await first.end();
    for (const [cut, from] of [
      [newer, 20],
      [older, 10],
    ] as const) {
      const next = await new JournalLife(disk, cut).begin();
      await next.until(() => next.inbox.size === 30 - from);
      expect(next.take()).toEqual(numbered(30 - from, from));
      await next.end();
    }
  });

  it('without a checkpoint goes on behind what was done with', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.arrive(...messages(5));
    await first.until(() => first.inbox.size === 5);
    first.take(3);
    await first.custody.commit(first.positions);
    const before = syncsOf(disk);
    first.clock.advanceTo(1_000);
    await first.until(() => syncsOf(disk) > before);
    await turns(5);
    const second = await new JournalLife(afterPowerCut(disk)).begin();
    await second.until(() => second.inbox.size === 2);
    expect(second.take()).toEqual(numbered(2, 3));
  });

  it('knows partitions apart: what each has done with does not come again, and nothing else is left out', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk, {}, { partitions: 'topic' }).begin();
    const topics = ['a', 'b', 'a', 'c', 'b', 'a', 'c', 'c'];
    first.arrive(...topics.map((topic, index) => inbound(`${topic}${index}`, index + 1, 1, topic)));
    await first.until(() => first.inbox.size === 8);
    expect(first.custody.beginning('b')).toMatchObject({ entry: 1 });
    expect(first.take()).toEqual(['a0', 'a2', 'a5']);
    expect(first.take(1, new Set(['a']))).toEqual(['b1']);
    const cut = await first.checkpoint();
    await first.end();
    const second = await new JournalLife(disk, cut, { partitions: 'topic' }).begin();
    await second.until(() => second.inbox.size === 4);
    expect([...second.take(), ...second.take(), ...second.take()].toSorted()).toEqual(['b4', 'c3', 'c6', 'c7']);
    await second.end();
  });
});

describe('a journal, of QoS 2', () => {
  it('has the id of a message before the broker hears of it, and lets it go durably before the broker may use it again', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.arrive(inbound('x', 7, 2));
    await first.until(() => first.said.length === 1);
    expect(first.said).toEqual(['pubrec 7']);
    // It dies: the broker sends it again.
    const second = await new JournalLife(afterPowerCut(disk)).begin();
    second.arrive(inbound('x', 7, 2));
    expect(second.said).toEqual(['pubrec 7']);
    second.release(7);
    expect(second.said).toEqual(['pubrec 7']);
    await second.until(() => second.said.length === 2);
    expect(second.said).toEqual(['pubrec 7', 'pubcomp 7']);
    second.arrive(inbound('x', 7, 2));
    await second.until(() => second.inbox.size === 2);
    expect(second.take()).toEqual(['x', 'x']);
    await second.end();
  });

  it('completes an exchange of which it knows nothing', async () => {
    const life = await new JournalLife(new CrashingDisk()).begin();
    life.release(9);
    expect(life.said).toEqual(['pubcomp 9']);
    await life.end();
  });

  it('forgets ids with the session', async () => {
    const disk = new CrashingDisk();
    const first = await new JournalLife(disk).begin();
    first.arrive(inbound('x', 7, 2));
    await first.until(() => first.said.length === 1);
    await first.end();
    const second = await new JournalLife(disk).begin(false);
    second.arrive(inbound('x', 7, 2));
    await second.until(() => second.inbox.size === 2);
    await second.end();
    const third = await new JournalLife(disk).begin();
    third.arrive(inbound('x', 7, 2));
    await third.until(() => third.inbox.size === 2);
    expect(third.said).toEqual(['pubrec 7']);
    await third.end();
  });

  it('keeps ids that are held when the files go in which their messages were', async () => {
    const disk = new CrashingDisk();
    const life = await new JournalLife(disk, {}, { maxBytes: 2 ** 20 }).begin();
    life.arrive(inbound('held', 7, 2));
    await life.until(() => life.inbox.size === 1);
    let cut = {};
    for (let n = 0; n < 30; n++) {
      life.arrive(inbound('y'.repeat(100_000), 8, 0));
      await life.until(() => life.inbox.size > 0);
      while (life.take().length > 0);
      cut = await life.checkpoint();
    }
    await life.until(() => !filesOf(disk).includes(`${folder}/0000000001.journal`));
    await life.end();
    const next = await new JournalLife(disk, cut).begin();
    next.arrive(inbound('held', 7, 2));
    expect(next.said).toEqual(['pubrec 7']);
    await next.end();
  });

  it('takes over the ids that checkpoints knew before there was one', async () => {
    const source = await new JournalLife(new CrashingDisk()).begin();
    source.arrive(inbound('x', 7, 2));
    const digest = source.line.acknowledgements.idsUpTo('0', 1);
    await source.end();
    const life = await new JournalLife(new CrashingDisk(), { '0': { received: 12, ids: digest } }).begin();
    life.arrive(inbound('x', 7, 2));
    expect(life.said).toEqual(['pubrec 7']);
    await life.end();
  });
});

import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../../connectors/files/checkpoints/open-folder.ts';
import type { Checkpoint, OpenCheckpointStore } from '../../../../core/checkpoint.ts';
import { Crash, CrashingDisk } from '../../../support/crashing-disk.ts';
import { onlyOne } from '../../../support/file-lives.ts';
import { someOf } from '../../../support/power-cut.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';

type Act =
  | { readonly kind: 'store'; readonly id: string; readonly standing: Checkpoint['standing'] }
  | { readonly kind: 'mark'; readonly id: string }
  | { readonly kind: 'note'; readonly note: number; readonly after: string | undefined };

const store = (id: string, standing: Checkpoint['standing'] = 'committed'): Act => ({ kind: 'store', id, standing });
const mark = (id: string): Act => ({ kind: 'mark', id });
const note = (number: number, after: string | undefined): Act => ({ kind: 'note', note: number, after });

/** What a job does with its store; a note may stand behind a cut that is not stored yet. */
const script: readonly Act[] = [
  note(1, undefined),
  note(2, undefined),
  store('r-1', 'prepared'),
  note(3, 'r-1'),
  mark('r-1'),
  store('r-2'),
  note(4, 'r-3'),
  store('r-3'),
  note(5, 'r-3'),
  note(6, 'r-3'),
  store('r-4', 'prepared'),
  mark('r-4'),
  note(7, 'r-5'),
  store('r-5'),
];

async function act(open: OpenCheckpointStore, each: Act): Promise<void> {
  if (each.kind === 'store') await open.store(sampleCheckpoint(each.id, { standing: each.standing }));
  else if (each.kind === 'mark') await open.mark(each.id, 'committed');
  else await open.note('out', { note: each.note }, each.after);
}

/** How many acts were done, and whether another one was under way, when it died. */
async function live(disk: CrashingDisk, pid: number, from: number): Promise<{ done: number; died: boolean }> {
  let done = from;
  try {
    const open = await openFolder('state', 'job', { disk, processes: onlyOne(pid) });
    for (; done < script.length; done++) await act(open, script[done] as Act);
    await open.close();
    return { done, died: false };
  } catch (cause) {
    if (!(cause instanceof Error && (cause instanceof Crash || cause.cause instanceof Crash))) throw cause;
    return { done, died: true };
  }
}

/** What must be there after so many acts: the standing of each checkpoint that stays, and the notes. */
function expectedAfter(done: number): { standings: Map<string, Checkpoint['standing']>; notes: number[] } {
  const standings = new Map<string, Checkpoint['standing']>();
  const notes: number[] = [];
  for (const each of script.slice(0, done)) {
    if (each.kind === 'store') standings.set(each.id, each.standing);
    else if (each.kind === 'mark') standings.set(each.id, 'committed');
    else notes.push(each.note);
  }
  return { standings, notes };
}

async function look(disk: CrashingDisk, pid: number) {
  const open = await openFolder('state', 'job', { disk, processes: onlyOne(pid) });
  const listed = await open.list();
  const notes = (await open.notes('out', undefined)).map(({ note: number }) => number as number);
  await open.close();
  return { listed, notes };
}

describe.each<[string, (death: number) => 'all' | ((what: string) => boolean)]>([
  ['the process dies', () => 'all'],
  ['the power fails, and nothing survives that was not synced', () => () => false],
  ['the power fails, and some of the rest survives', (death) => someOf(death)],
])('when %s, whenever that is', { timeout: 60_000 }, (_, survives) => {
  it('has everything that it said it has, whole, and at most the next thing', async () => {
    const whole = new CrashingDisk();
    await live(whole, 1, 0);
    for (let death = 0; death < whole.changes.length; death++) {
      const disk = new CrashingDisk();
      disk.diesAfter = death;
      const { done, died } = await live(disk, 1, 0);
      expect(died).toBe(true);
      const next = disk.afterDeath(survives(death));
      next.now = 60_000;
      const { listed, notes } = await look(next, 2);
      const [least, most] = [expectedAfter(done), expectedAfter(done + 1)];
      for (const each of listed) {
        expect(each, `died after ${death} changes, in act ${done}`).not.toHaveProperty('damage');
        const { snapshot, standing } = each as Checkpoint;
        expect(snapshot, `died after ${death} changes, in act ${done}`).toEqual(sampleCheckpoint(each.id).snapshot);
        expect(
          [least.standings.get(each.id), most.standings.get(each.id)],
          `died after ${death} changes, in act ${done}`,
        ).toContain(standing);
      }
      const ids = listed.map(({ id }) => id);
      const committed = [...least.standings].filter(([, standing]) => standing === 'committed').map(([id]) => id);
      // Of those that are committed three stay; what is newer stays in any case.
      const wanted = [...least.standings.keys()].filter((id) => !committed.slice(0, -3).includes(id));
      expect(ids, `died after ${death} changes, in act ${done}`).toEqual(expect.arrayContaining(wanted));
      expect(ids, `died after ${death} changes, in act ${done}`).toEqual([...ids].toSorted().toReversed());
      // Notes before the oldest checkpoint that stays may be gone.
      const oldest = ids.at(-1);
      const needed = least.notes.filter((number) => noteMatters(number, oldest));
      expect(notes, `died after ${death} changes, in act ${done}`).toEqual(expect.arrayContaining(needed));
      expect([...least.notes, ...most.notes], `died after ${death} changes, in act ${done}`).toEqual(
        expect.arrayContaining(notes),
      );
      expect(notes, `died after ${death} changes, in act ${done}`).toEqual(
        notes.toSorted((left, right) => left - right),
      );
    }
  });

  it('goes on from there as if nothing had happened', async () => {
    const whole = new CrashingDisk();
    await live(whole, 1, 0);
    const expected = await look(whole, 2);
    for (let death = 0; death < whole.changes.length; death += 2) {
      const disk = new CrashingDisk();
      disk.diesAfter = death;
      const { done } = await live(disk, 1, 0);
      const next = disk.afterDeath(survives(death));
      next.now = 60_000;
      const { listed, notes } = await look(next, 2);
      const current = script[done];
      const isThere =
        current?.kind === 'note'
          ? notes.includes(current.note)
          : current?.kind === 'store' && listed.some(({ id }) => id === current.id);
      await live(next, 3, isThere ? done + 1 : done);
      const found = await look(next, 4);
      // Where it died while it forgot an old one, nothing is left to do that would make it forget that.
      expect(found.listed.slice(0, 3).map(({ id }) => id)).toEqual(['r-5', 'r-4', 'r-3']);
      expect(found.notes).toEqual(expect.arrayContaining(expected.notes));
      const left = Object.keys(next.files()).filter((name) => name.endsWith('.tmp'));
      expect(left).toEqual([]);
    }
  });
});

/** Whether a note stands behind this checkpoint, or behind a later one. */
function noteMatters(number: number, oldest: string | undefined): boolean {
  const found = script.find((each) => each.kind === 'note' && each.note === number);
  const behind = found?.kind === 'note' ? (found.after ?? '') : '';
  return oldest === undefined || behind >= oldest;
}

describe('notes', () => {
  it('are those behind a cut and every later one, whether it was stored or not', async () => {
    const disk = new CrashingDisk();
    const open = await openFolder('state', 'job', { disk, processes: onlyOne(1) });
    const since = async (id: string | undefined): Promise<unknown[]> =>
      (await open.notes('out', id)).map(({ note: number }) => number);
    const add = (number: number, behind: string | undefined): Promise<void> =>
      open.note('out', { note: number }, behind);
    await add(1, undefined);
    await add(2, 'a-1');
    await open.store(sampleCheckpoint('a-1'));
    await add(3, 'a-1');
    await add(4, 'a-2');
    expect(await since(undefined)).toEqual([1, 2, 3, 4]);
    expect(await since('a-1')).toEqual([2, 3, 4]);
    // `a-2` was never stored: the job went on from `a-1` under another run.
    await add(5, 'a-1');
    await add(6, 'b-1');
    await open.store(sampleCheckpoint('b-1'));
    await open.note('other', { note: 'x' }, 'b-1');
    await add(7, 'b-1');
    expect(await since('a-1')).toEqual([2, 3, 4, 5, 6, 7]);
    expect(await since('b-1')).toEqual([6, 7]);
    expect(await open.notes('other', 'a-1')).toEqual([{ note: 'x' }]);
    expect(await open.notes('nobody', undefined)).toEqual([]);
  });
});

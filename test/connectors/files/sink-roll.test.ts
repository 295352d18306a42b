import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ToFileOptions } from '../../../connectors/files/to-file-options.ts';
import type { Clock } from '../../../core/clock.ts';
import { csv } from '../../../core/format/csv.ts';
import { text } from '../../../core/format/text.ts';
import { folderIn, tempFolder } from '../../support/temp-folder.ts';
import { filesIn, opened } from '../../support/written-files.ts';

const root = tempFolder();

const lines: ToFileOptions<string> = { format: text(), roll: { bytes: 6 } };

/** A clock that tests move. */
function handClock(): Clock & { now: () => number; at: number; wakes: { at: number; wake: () => void }[] } {
  const clock = {
    at: 0,
    wakes: [] as { at: number; wake: () => void }[],
    now: () => clock.at,
    wakeAt: (at: number, wake: () => void) => {
      const entry = { at, wake };
      clock.wakes.push(entry);
      return () => void (clock.wakes = clock.wakes.filter((each) => each !== entry));
    },
  };
  return clock;
}

describe('toFile that is rolled by size', () => {
  it('shows parts when the checkpoint behind them is committed, and the last one when it is closed', async () => {
    const folder = folderIn(root);
    const { writer, write } = await opened<string>(join(folder, 'out.log'), lines);
    expect(filesIn(folder)).toEqual({});
    write('12', '34', '56', 'longer than a part', '78');
    await writer.send();
    const hidden = {
      '.out-000001.log.part': '12\n34\n',
      '.out-000002.log.part': '56\n',
      '.out-000003.log.part': 'longer than a part\n',
      '.out-000004.log.part': '78\n',
    };
    expect(filesIn(folder)).toEqual(hidden);
    await writer.cut('1');
    write('90', 'ab');
    await writer.send();
    expect(filesIn(folder)).toEqual({ ...hidden, '.out-000004.log.part': '78\n90\n', '.out-000005.log.part': 'ab\n' });
    await writer.commit('1');
    const shown = { 'out-000001.log': '12\n34\n', 'out-000002.log': '56\n', 'out-000003.log': 'longer than a part\n' };
    expect(filesIn(folder)).toEqual({ ...shown, '.out-000004.log.part': '78\n90\n', '.out-000005.log.part': 'ab\n' });
    await writer.cut('2');
    await writer.commit('2');
    expect(filesIn(folder)).toEqual({ ...shown, 'out-000004.log': '78\n90\n', '.out-000005.log.part': 'ab\n' });
    await writer.close();
    expect(filesIn(folder)).toEqual({ ...shown, 'out-000004.log': '78\n90\n', 'out-000005.log': 'ab\n' });
  });

  it('does not show on closing what is not committed', async () => {
    const folder = folderIn(root);
    const { writer, write, checkpoint } = await opened<string>(join(folder, 'out.log'), lines);
    write('12');
    const state = await checkpoint();
    write('34');
    await writer.send();
    await writer.close();
    expect(filesIn(folder)).toEqual({ '.out-000001.log.part': '12\n34\n' });
    const again = await opened<string>(join(folder, 'out.log'), lines, { state });
    expect(filesIn(folder)).toEqual({ '.out-000001.log.part': '12\n' });
    again.write('56', '78');
    await again.checkpoint();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': '12\n56\n', '.out-000002.log.part': '78\n' });
  });

  it('does not show on closing what was sent between a cut and its commit', async () => {
    const folder = folderIn(root);
    const { writer, write } = await opened<string>(join(folder, 'out.log'), lines);
    write('12');
    await writer.cut('1');
    write('34');
    await writer.send();
    await writer.commit('1');
    await writer.close();
    expect(filesIn(folder)).toEqual({ '.out-000001.log.part': '12\n34\n' });
  });

  it('begins a new part when a job goes on that had been stopped', async () => {
    const folder = folderIn(root);
    const first = await opened<string>(join(folder, 'out.log'), lines);
    first.write('12');
    const state = await first.checkpoint();
    await first.writer.close();
    const again = await opened<string>(join(folder, 'out.log'), lines, { state });
    expect(filesIn(folder)).toEqual({ 'out-000001.log': '12\n' });
    again.write('34');
    await again.checkpoint();
    await again.writer.close();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': '12\n', 'out-000002.log': '34\n' });
  });

  it('has the columns of the first row in all parts, and counts the header', async () => {
    const folder = folderIn(root);
    type Row = Record<string, number>;
    const options: ToFileOptions<Row> = { format: csv(), roll: { bytes: 12 } };
    const first = await opened<Row>(join(folder, 'out.csv'), options);
    first.write({ a: 1, b: 2 }, { b: 4, a: 3 });
    const state = await first.checkpoint();
    first.write({ a: 5, b: 6 });
    await first.writer.send();
    await first.writer.close();
    const { write, writer, checkpoint } = await opened<Row>(join(folder, 'out.csv'), options, { state });
    write({ b: 6, a: 5 }, { b: 8 });
    expect(() => write({ c: 1 })).toThrowError('csv: a row has a field `c`');
    await checkpoint();
    await writer.close();
    expect(filesIn(folder)).toEqual({ 'out-000001.csv': 'a,b\n1,2\n3,4\n', 'out-000002.csv': 'a,b\n5,6\n,8\n' });
  });

  it('counts bytes before compression, so that where a part ends does not depend on checkpoints', async () => {
    const folder = folderIn(root);
    const path = join(folder, 'out.log.gz');
    const { write, writer, checkpoint } = await opened<string>(path, lines);
    write('12');
    await checkpoint();
    write('34', '56');
    await checkpoint();
    await writer.close();
    expect(filesIn(folder)).toEqual({ 'out-000001.log.gz': '12\n34\n', 'out-000002.log.gz': '56\n' });
  });

  it('refuses parts that are there under `create`, numbers on under `append`, removes them under `overwrite`', async () => {
    const folder = folderIn(root);
    const path = join(folder, 'out.log');
    writeFileSync(join(folder, 'out-000007.log'), 'old\n');
    writeFileSync(join(folder, '.out-000008.log.part'), 'torn');
    writeFileSync(join(folder, 'out-7.log'), 'mine');
    writeFileSync(join(folder, 'output-000001.log'), 'mine');
    await expect(opened<string>(path, lines)).rejects.toMatchObject({
      code: 'ML_FILE_EXISTS',
      message: `toFile: "${join(folder, 'out-000007.log')}" is there already; \`mode\` can be \`append\` or \`overwrite\``,
    });
    const behind = await opened<string>(path, { ...lines, mode: 'append' });
    behind.write('12');
    await behind.checkpoint();
    await behind.writer.close();
    expect(behind.notes).toEqual([{ openings: [{ path, next: 9 }] }]);
    expect(Object.keys(filesIn(folder))).toContain('out-000009.log');
    const instead = await opened<string>(path, { ...lines, mode: 'overwrite' });
    instead.write('34');
    await instead.checkpoint();
    await instead.writer.close();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': '34\n', 'out-7.log': 'mine', 'output-000001.log': 'mine' });
  });

  it("does not put a part in place of somebody else's file", async () => {
    const folder = folderIn(root);
    const { writer, write } = await opened<string>(join(folder, 'out.log'), lines);
    write('12', '34', '56');
    await writer.cut('1');
    writeFileSync(join(folder, 'out-000001.log'), 'mine');
    await expect(writer.commit('1')).rejects.toMatchObject({ code: 'ML_FILE_EXISTS' });
    expect(filesIn(folder)['out-000001.log']).toBe('mine');
  });

  it('finishes on the next start what was to be shown, and says what is missing', async () => {
    const folder = folderIn(root);
    const path = join(folder, 'out.log');
    const first = await opened<string>(path, lines);
    first.write('12', '34', '56', '78', '90');
    const state = structuredClone(await first.writer.cut('1'));
    await first.writer.close();
    expect(Object.keys(filesIn(folder))).toEqual([
      '.out-000001.log.part',
      '.out-000002.log.part',
      '.out-000003.log.part',
    ]);
    renameSync(join(folder, '.out-000001.log.part'), join(folder, 'out-000001.log'));
    await (await opened<string>(path, lines, { state })).writer.close();
    expect(filesIn(folder)).toEqual({
      'out-000001.log': '12\n34\n',
      'out-000002.log': '56\n78\n',
      'out-000003.log': '90\n',
    });
    writeFileSync(join(folder, 'out-000002.log'), '1');
    await expect(opened<string>(path, lines, { state })).rejects.toThrowError(
      `"${join(folder, 'out-000002.log')}" is shorter (1 bytes) than the checkpoint says (6)`,
    );
    rmSync(join(folder, 'out-000002.log'));
    await expect(opened<string>(path, lines, { state })).rejects.toMatchObject({ code: 'ML_FILE_NOT_FOUND' });
  });

  it('refuses a checkpoint of a file that was not rolled, and the other way round', async () => {
    const folder = folderIn(root);
    const path = join(folder, 'out.log');
    const { write, checkpoint, writer } = await opened<string>(path, lines);
    write('12');
    const state = await checkpoint();
    await writer.close();
    await expect(opened<string>(path, { format: text() }, { state })).rejects.toThrowError('was rolled there');
    const whole = { outputs: [{ path, bytes: 0 }] };
    await expect(opened<string>(path, lines, { state: whole })).rejects.toThrowError('was one file there');
  });
});

describe('toFile that is rolled by time', () => {
  const timed: ToFileOptions<string> = { format: text(), roll: { every: '1m' } };

  it('ends a part a minute after its first row, with the next row or the next checkpoint', async () => {
    const folder = folderIn(root);
    const clock = handClock();
    const { write, checkpoint } = await opened<string>(join(folder, 'out.log'), timed, { clock });
    clock.at = 1_000;
    write('a');
    clock.at = 60_999;
    write('b');
    clock.at = 61_000;
    write('c');
    await checkpoint();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': 'a\nb\n', '.out-000002.log.part': 'c\n' });
    clock.at = 121_000;
    const state = await checkpoint();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': 'a\nb\n', 'out-000002.log': 'c\n' });
    expect(state['outputs']).toMatchObject([{ parts: { next: 3, ended: [{ number: 2, bytes: 2 }] } }]);
  });

  it('asks for a checkpoint when the time of a part is over, also of one that it goes on with', async () => {
    const folder = folderIn(root);
    const clock = handClock();
    let asked = 0;
    const request = { clock, wantsCheckpoint: () => void asked++ };
    const first = await opened<string>(join(folder, 'out.log'), timed, request);
    expect(clock.wakes).toEqual([]);
    clock.at = 5_000;
    first.write('a');
    expect(clock.wakes.map(({ at }) => at)).toEqual([65_000]);
    const state = await first.checkpoint();
    const kept = filesIn(folder);
    await first.writer.close();
    expect(clock.wakes).toEqual([]);
    // As if it had died: nothing was shown.
    renameSync(join(folder, 'out-000001.log'), join(folder, '.out-000001.log.part'));
    expect(filesIn(folder)).toEqual(kept);
    const again = await opened<string>(join(folder, 'out.log'), timed, { ...request, state });
    clock.at = 65_000;
    clock.wakes[0]?.wake();
    expect(asked).toBe(1);
    await again.checkpoint();
    expect(filesIn(folder)).toEqual({ 'out-000001.log': 'a\n' });
  });
});

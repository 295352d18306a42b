import { describe, expect, it } from 'vitest';
import { openWriter } from '../../../../connectors/files/output/open-writer.ts';
import { outputSettings } from '../../../../connectors/files/output/output-settings.ts';
import type { ToFileOptions } from '../../../../connectors/files/to-file-options.ts';
import { text } from '../../../../core/format/text.ts';
import type { SinkRequest } from '../../../../core/sink.ts';
import { sinkRequestOf } from '../../../support/connector-contract.ts';
import { CrashingDisk } from '../../../support/crashing-disk.ts';
import { onlyOne } from '../../../support/file-lives.ts';

const whole: ToFileOptions<string> = { format: text() };
const parts: ToFileOptions<string> = { format: text(), roll: { bytes: 4 } };

/** What is left when a job goes on from there, takes one checkpoint without another row, and the power fails. */
async function afterPowerCut(
  disk: CrashingDisk,
  path: string | ((row: string) => string),
  options: ToFileOptions<string>,
  request: Partial<SinkRequest>,
  rows: readonly string[] = [],
): Promise<Record<string, string>> {
  const writer = await openWriter(outputSettings(path, options), sinkRequestOf(request), {
    disk,
    processes: onlyOne(1),
  });
  for (const row of rows) writer.write(row, 0);
  await writer.cut('1');
  const left = Object.entries(disk.afterDeath(() => false).files());
  return Object.fromEntries(left.filter(([name]) => !name.endsWith('.lock')));
}

describe('what a restart takes back', () => {
  it('does not come back with the power: the end of a file', async () => {
    const disk = new CrashingDisk();
    disk.put('out', 'abc\nlater\n');
    const state = { outputs: [{ path: 'out', bytes: 4 }] };
    expect(await afterPowerCut(disk, 'out', whole, { state })).toEqual({ out: 'abc\n' });
  });

  it('does not come back though a former writer had cut it, and could not sync', async () => {
    const disk = new CrashingDisk();
    disk.put('out', 'abc\nlater\n');
    await (await disk.open('out', 'write')).truncate(4);
    const state = { outputs: [{ path: 'out', bytes: 4 }] };
    expect(await afterPowerCut(disk, 'out', whole, { state })).toEqual({ out: 'abc\n' });
  });

  it('does not come back: a path that was first opened behind the checkpoint, removed now or before', async () => {
    for (const before of [false, true]) {
      const disk = new CrashingDisk();
      disk.put('a', 'later\n');
      if (before) await disk.remove('a');
      const notes = [{ openings: [{ path: 'a', bytes: 0, isNew: true }] }];
      expect(await afterPowerCut(disk, () => 'a', whole, { state: { outputs: [] }, notes })).toEqual({});
    }
  });

  it('does not come back: parts behind those that the checkpoint holds', async () => {
    const disk = new CrashingDisk();
    for (const name of ['out-000001', '.out-000002.part', 'out-000004']) disk.put(name, 'abc\n');
    const state = { outputs: [{ path: 'out', parts: { next: 2, ended: [{ number: 1, bytes: 4 }] } }] };
    expect(await afterPowerCut(disk, 'out', parts, { state })).toEqual({ 'out-000001': 'abc\n' });
  });
});

describe('what a restart cannot tell apart', () => {
  it('is refused: a part that is seen, and longer than it was, beside the same one that is hidden', async () => {
    const disk = new CrashingDisk();
    disk.put('out-000001', 'abc\nlater\n');
    disk.put('.out-000001.part', 'abc\n');
    const open = { number: 1, bytes: 4, content: 4, since: 0 };
    const state = { outputs: [{ path: 'out', parts: { next: 2, open, ended: [] } }] };
    await expect(afterPowerCut(disk, 'out', parts, { state })).rejects.toThrowError(
      'toFile: "out-000001" and ".out-000001.part" are both there',
    );
  });
});

describe('what a restart finishes', () => {
  it('stays finished: a part that is shown now, or was by a former writer that could not sync', async () => {
    for (const before of [false, true]) {
      const disk = new CrashingDisk();
      disk.put('.out-000001.part', 'abc\n');
      if (before) await disk.rename('.out-000001.part', 'out-000001');
      const state = { outputs: [{ path: 'out', parts: { next: 2, ended: [{ number: 1, bytes: 4 }] } }] };
      expect(await afterPowerCut(disk, 'out', parts, { state })).toEqual({ 'out-000001': 'abc\n' });
    }
  });

  it('stays there: a folder that a former writer had made', async () => {
    const disk = new CrashingDisk();
    await disk.makeFolder('a/b');
    const left = await afterPowerCut(disk, () => 'a/b/c', whole, {}, ['abc']);
    expect(left).toMatchObject({ 'a/b/c': 'abc\n' });
  });
});

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directory } from '../../../../connectors/files/checkpoints/directory.ts';
import { openFolder } from '../../../../connectors/files/checkpoints/open-folder.ts';
import type { DiskFile } from '../../../../connectors/files/disk/disk.ts';
import { nodeDisk } from '../../../../connectors/files/disk/node-disk.ts';
import { processes } from '../../../../connectors/files/disk/processes.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const root = tempFolder();
const keys = 200_000;

/** State as a keyed step has it: keys as texts, and columns of numbers. */
function largeCheckpoint(id: string) {
  const identities = Array.from({ length: keys }, (_, key) => `sensor-${key}`);
  const column = new Float64Array(keys).map((_, key) => key / 7);
  const piece = { identities, ids: identities.map((_, key) => key), mean: column, sum: new Float64Array(column) };
  return sampleCheckpoint(id, {
    snapshot: { version: 1, slots: [], steps: { ewma: { operator: 'ewma', version: 1, state: [piece, { now: 1 }] } } },
  });
}

describe('a checkpoint of many keys', { timeout: 60_000 }, () => {
  it('is written in pieces, with a turn for others behind each', async () => {
    const sizes: number[] = [];
    let turns = 0;
    const watched = (file: DiskFile): DiskFile => ({
      ...file,
      write: async (bytes, at) => {
        sizes.push(bytes.length);
        await file.write(bytes, at);
      },
    });
    const disk = {
      ...nodeDisk,
      open: async (path: string, how: 'read' | 'write' | 'new') => watched(await nodeDisk.open(path, how)),
    };
    const store = await openFolder(join(root, 'a'), 'job', { disk, processes });
    onTestFinished(() => store.close());
    const checkpoint = largeCheckpoint('r-1');
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    sizes.length = 0;
    const bytes = await store.store(checkpoint);
    done = true;
    expect(bytes).toBeGreaterThan(2 * 8 * keys);
    expect(bytes).toBe(statSync(join(root, 'a', 'job', '0000000001-r-1.committed')).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
    expect(sizes.length).toBeGreaterThan(bytes / (1024 * 1024));
    // No two writes without a turn of the event loop between them.
    expect(turns).toBeGreaterThanOrEqual(sizes.length);
  });

  it('comes back as it was, typed arrays as typed arrays', async () => {
    const store = await directory(join(root, 'b')).open('job', new AbortController().signal);
    onTestFinished(() => store.close());
    const checkpoint = largeCheckpoint('r-1');
    await store.store(checkpoint);
    const [found] = await store.list();
    const snapshot = found !== undefined && 'snapshot' in found ? found.snapshot : undefined;
    const [first] = snapshot?.steps['ewma']?.state ?? [];
    expect(first?.['mean']).toBeInstanceOf(Float64Array);
    expect(isDeepStrictEqual(snapshot, checkpoint.snapshot)).toBe(true);
  });
});

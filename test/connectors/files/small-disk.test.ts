import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directory } from '../../../connectors/files/checkpoints/directory.ts';
import { text } from '../../../core/format/text.ts';
import type { SinkState } from '../../../core/sink.ts';
import { sampleCheckpoint } from '../../support/sample-checkpoint.ts';
import { makeReadOnly, mount, unmount, whyNoSmallDisk } from '../../support/small-disk.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { filesIn, opened } from '../../support/written-files.ts';

const root = tempFolder();
const why = whyNoSmallDisk(join(root, 'try'));
if (why !== undefined) console.log(`skipped: tests on a small disk: ${why}`);
let count = 0;

function smallDisk(size: string): string {
  const folder = join(root, String(count++));
  expect(mount(folder, size)).toBeUndefined();
  onTestFinished(() => unmount(folder));
  return folder;
}

const { signal } = new AbortController();
const line = 'x'.repeat(999);

describe.skipIf(why !== undefined)('a disk that is full', () => {
  it.each(['out.log', 'out.log.gz'])(
    'fails, retryable, and tells nothing to be durable that is not: %s',
    async (name) => {
      const folder = smallDisk('256k');
      writeFileSync(join(folder, 'filler'), Buffer.alloc(100_000));
      const options = { format: text(), roll: { bytes: 40_000 } };
      const first = await opened<string>(join(folder, name), options);
      const rows: string[] = [];
      let state: SinkState | undefined;
      const failure: unknown = await (async () => {
        for (let durable = 0; ; durable = rows.length) {
          for (let more = 0; more < 10; more++) {
            rows.push(`${durable + more} ${name.endsWith('.gz') ? noise(rows.length) : line}`);
            first.write(rows.at(-1) as string);
          }
          state = await first.checkpoint();
        }
      })().catch((cause: unknown) => cause);
      expect(failure).toMatchObject({ code: 'ML_CONNECTOR', retryable: true, cause: { code: 'ENOSPC' } });
      await expect(first.writer.send()).rejects.toBe(failure);
      await first.writer.close();

      rmSync(join(folder, 'filler'));
      const again = await opened<string>(join(folder, name), options, { state, notes: first.notes });
      const durable =
        Object.entries(filesIn(folder))
          .map(([, content]) => content)
          .join('')
          .split('\n').length - 1;
      expect(durable).toBe(rows.length - 10);
      again.write(...rows.slice(durable));
      await again.checkpoint();
      await again.writer.close();
      expect(Object.values(filesIn(folder)).join('')).toBe(rows.map((row) => `${row}\n`).join(''));
    },
  );

  it('leaves the checkpoints that it has, and takes the next one when there is room', async () => {
    const folder = smallDisk('256k');
    const store = await directory(join(folder, 'state')).open('job', signal);
    onTestFinished(() => store.close());
    await store.store(sampleCheckpoint('r-1'));
    await store.note('out', { note: 1 }, 'r-1');
    writeFileSync(join(folder, 'filler'), Buffer.alloc(150_000));
    const large = { operator: 'x', version: 1, state: [{ column: new Float64Array(15_000) }] };
    const more = { snapshot: { version: 1 as const, slots: [], steps: { large } } };
    await expect(store.store(sampleCheckpoint('r-2', more))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: true,
      cause: { code: 'ENOSPC' },
    });
    await expect(store.note('out', { note: 'x'.repeat(120_000) }, 'r-1')).rejects.toMatchObject({ retryable: true });
    expect(await store.list()).toEqual([sampleCheckpoint('r-1')]);
    expect(readdirSync(join(folder, 'state', 'job')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    rmSync(join(folder, 'filler'));
    await store.store(sampleCheckpoint('r-3', more));
    await store.note('out', { note: 2 }, 'r-3');
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-3', 'r-1']);
    expect(await store.notes('out', undefined)).toEqual([{ note: 1 }, { note: 2 }]);
  });
});

describe.skipIf(why !== undefined)('a disk that is read-only', () => {
  it('is told when a sink or a store is opened, not retryable', async () => {
    const folder = smallDisk('256k');
    writeFileSync(join(folder, 'there'), 'old\n');
    expect(makeReadOnly(folder)).toBeUndefined();
    const readOnly = { code: 'ML_CONNECTOR', retryable: false, cause: { code: 'EROFS' } };
    await expect(opened<string>(join(folder, 'new'), { format: text() })).rejects.toMatchObject(readOnly);
    await expect(opened<string>(join(folder, 'there'), { format: text(), mode: 'append' })).rejects.toMatchObject(
      readOnly,
    );
    await expect(directory(join(folder, 'state')).open('job', signal)).rejects.toMatchObject(readOnly);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('old\n');
  });
});

const root0 = process.getuid?.() === 0;
if (root0) console.log('skipped: a folder without permission: root may write anywhere');

describe.skipIf(root0)('a folder without permission', () => {
  it('is told, not retryable', async () => {
    const folder = join(root, 'closed');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));
    const denied = { code: 'ML_CONNECTOR', retryable: false, cause: { code: 'EACCES' } };
    await expect(opened<string>(join(folder, 'out'), { format: text() })).rejects.toMatchObject(denied);
    await expect(directory(folder).open('job', signal)).rejects.toMatchObject(denied);
  });
});

/** A thousand characters that cannot be packed. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 1000 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join('');
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../../connectors/files/source.ts';
import { text } from '../../../../core/format/text.ts';
import type { SourceNotice } from '../../../../core/source.ts';
import { lastPositions, readAll } from '../../../support/read-all.ts';
import { openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
// The types are those of the oldest Node.
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (content: Uint8Array) => Buffer };
const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${Math.sin(index)}`);
const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
const path = join(folder, 'lines.zst');
writeFileSync(path, zstdCompressSync?.(content) ?? '');

describe.runIf(zstdCompressSync === undefined)('a zstd file on a Node that has no zstd', () => {
  it.each([
    ['a.zst', {}, '`path` must be what Node'],
    ['a', { compression: 'zstd' as const }, '`compression` must be what Node'],
  ])('is refused where the call shows it: %s with %o', (given, options, message) => {
    const call = () => fromFile(given, { format: text(), ...options });
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(message);
    expect(call).toThrowError('zstd needs Node 22.15 or newer, or 24');
  });

  it('is refused where only the folder shows it', async () => {
    await expect(readAll(fromFile(join(folder, '*.zst'), { format: text() }))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      message: `fromFile: "${path}" is packed with zstd, which needs Node 22.15 or newer, or 24; this is Node ${process.versions.node}`,
    });
    expect(openFilesIn(folder)).toBe(0);
  });
});

describe.runIf(zstdCompressSync !== undefined)('a zstd file', () => {
  const pack = zstdCompressSync as (content: Uint8Array) => Buffer;

  it('is read as its content is, from any position', async () => {
    const source = fromFile(path, { format: text() });
    const read = await readAll(source);
    expect(read.records()).toEqual({ '0': lines });
    const positions = { '0': read.batches[0]!.positionAfter(7) };
    expect((await readAll(source, { positions })).records()).toEqual({ '0': lines.slice(7) });
    expect((await readAll(source, { positions: lastPositions(read) })).records()).toEqual({ '0': [] });
  });

  it('may have several frames, and something behind them, which is said', async () => {
    const frames = Buffer.concat([pack(Buffer.from('a\n')), pack(Buffer.from('b\n'))]);
    const several = join(folder, 'several');
    const notices: SourceNotice[] = [];
    writeFileSync(several, Buffer.concat([frames, Buffer.from('garbage')]));
    const source = fromFile(several, { format: text(), compression: 'zstd' });
    const read = await readAll(source, { notice: (notice) => notices.push(notice) });
    expect(read.records()).toEqual({ '0': ['a', 'b'] });
    expect(notices).toMatchObject([
      { kind: 'warning', message: expect.stringContaining(`at byte ${frames.length}: that`) },
    ]);
  });

  it('may end next to the border of what is read at once', async () => {
    const frame = pack(Buffer.from('a\n'));
    const filler = (bytes: number) => {
      const skipped = Buffer.alloc(bytes);
      skipped.writeUInt32LE(0x184d2a50, 0);
      skipped.writeUInt32LE(bytes - 8, 4);
      return skipped;
    };
    for (const left of [0, 1, 2, 3, 4, 5]) {
      const packed = Buffer.concat([filler(65_536 - frame.length - left), frame]);
      const border = join(folder, 'border');
      writeFileSync(border, Buffer.concat([packed, Buffer.from('garbage')]));
      const notices: SourceNotice[] = [];
      const read = await readAll(fromFile(border, { format: text(), compression: 'zstd' }), {
        notice: (notice) => notices.push(notice),
      });
      expect(read.records()).toEqual({ '0': ['a'] });
      expect(notices).toMatchObject([{ message: expect.stringContaining(`at byte ${packed.length}: that`) }]);
    }
  });

  it('may have frames that are to be skipped', async () => {
    const skipped = (size: number) =>
      Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, size, 0]), Buffer.alloc(size << 16)]);
    const several = join(folder, 'skipped');
    const frames = [skipped(3), pack(Buffer.from('a\n')), skipped(0), pack(Buffer.from('b\n')), skipped(1)];
    writeFileSync(several, Buffer.concat(frames));
    const source = fromFile(several, { format: text(), compression: 'zstd' });
    expect((await readAll(source)).records()).toEqual({ '0': ['a', 'b'] });
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -3), 'it ends in the middle'],
    ['cut in its last block', (bytes: Buffer) => bytes.subarray(0, -40), 'it ends in the middle'],
    ['cut in its header', (bytes: Buffer) => bytes.subarray(0, 5), 'it ends in the middle'],
    ['cut behind its header', (bytes: Buffer) => bytes.subarray(0, 4), 'it ends in the middle'],
    ['spoilt', (bytes: Buffer) => Buffer.from(bytes).fill(7, 20, 40), 'it is damaged'],
    ['cut in a frame to skip', () => Buffer.from([0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1]), 'it ends in the middle'],
    ['none', () => Buffer.from('plain text\n'), 'it is damaged'],
    ['empty', () => Buffer.alloc(0), 'it ends in the middle'],
  ])('that is %s fails', async (_, spoil, message) => {
    const spoilt = join(folder, 'spoilt');
    writeFileSync(spoilt, spoil(pack(content)));
    const reading = readAll(fromFile(spoilt, { format: text(), compression: 'zstd' }));
    await expect(reading).rejects.toThrowError(message);
    await expect(reading).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
  });
});

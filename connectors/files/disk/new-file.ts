import type { Disk, DiskStep } from './disk.ts';
import { withFile } from './with-file.ts';

export interface NewFile {
  /** How long it is. */
  readonly bytes: number;
  /** What is still to be done for it, before anything else. */
  readonly steps: readonly DiskStep[];
}

/**
 * Makes a file of some blocks, in place of what a failure may have left there: one of several is whole and durable then, one of
 * a single block is still to be made by its steps. `first`: what has to be done before.
 */
export async function newFile(
  disk: Disk,
  path: string,
  first: readonly DiskStep[],
  blocks: Iterator<Uint8Array, void, undefined>,
): Promise<NewFile> {
  const clear: readonly DiskStep[] = [...first, { do: 'remove', path }];
  const [one, two] = [blocks.next(), blocks.next()];
  if (one.done === true || two.done === true) {
    const bytes = one.value ?? new Uint8Array();
    return { bytes: bytes.length, steps: [...clear, { do: 'write', path, bytes }] };
  }
  await disk.take(clear);
  let at = 0;
  await withFile(disk, path, 'new', async (file) => {
    const write = async (block: Uint8Array): Promise<void> => {
      await file.write(block, at);
      at += block.length;
    };
    await write(one.value);
    for (let next: IteratorResult<Uint8Array, void> = two; next.done !== true; next = blocks.next())
      await write(next.value);
    await file.sync();
  });
  return { bytes: at, steps: [] };
}

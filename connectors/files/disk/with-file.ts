import type { Disk, DiskFile } from './disk.ts';

/** Opens a file, does something with it, and closes it whatever comes of that. */
export async function withFile<V>(
  disk: Disk,
  path: string,
  how: Parameters<Disk['open']>[1],
  act: (file: DiskFile) => Promise<V>,
): Promise<V> {
  const file = await disk.open(path, how);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

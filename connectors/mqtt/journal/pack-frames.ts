import { frame } from '../../files/checkpoints/frame.ts';

/** Entries are put together into frames of about this length: one checksum for many. */
const enough = 256 * 1024;
/** An entry that is longer than this takes several frames. */
const most = 1024 * 1024;

/**
 * Entries as frames, behind what has this checksum, with the checksum of all. No frame has parts of two entries, unless it
 * has both of them whole.
 */
export function packFrames(
  entries: readonly Buffer[],
  sum: number,
): { readonly bytes: readonly Buffer[]; readonly sum: number } {
  const bytes: Buffer[] = [];
  let behind = sum;
  const add = (body: Buffer): void => {
    const prefix = frame.prefix(body, behind);
    behind = frame.sumOf(body, frame.sumOf(prefix, behind));
    bytes.push(prefix, body);
  };
  let together: Buffer[] = [];
  let length = 0;
  const close = (): void => {
    if (length > 0) add(Buffer.concat(together, length));
    together = [];
    length = 0;
  };
  for (const entry of entries) {
    if (entry.length > most) {
      close();
      for (let at = 0; at < entry.length; at += most) add(entry.subarray(at, at + most));
      continue;
    }
    together.push(entry);
    length += entry.length;
    if (length >= enough) close();
  }
  close();
  return { bytes, sum: behind };
}

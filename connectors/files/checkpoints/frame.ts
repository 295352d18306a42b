import { crc32 } from 'node:zlib';

/** How bytes stand in a file of ours: so that whoever reads it knows whether it has all of them, as they were written. */
export const frame = {
  /** In front of each: the length of its bytes, and the checksum of all of the file up to them. */
  prefixBytes: 8,
  /** No writer makes longer ones, so no reader asks for more memory. */
  longest: 2_097_152,

  /** What stands in front of these bytes, in a file with this checksum. */
  prefix(bytes: Uint8Array, sum: number): Buffer {
    const prefix = Buffer.allocUnsafe(frame.prefixBytes);
    prefix.writeUInt32LE(bytes.length, 0);
    prefix.writeUInt32LE(frame.sumOf(bytes, frame.sumOf(prefix.subarray(0, 4), sum)), 4);
    return prefix;
  },

  lengthIn(prefix: Buffer): number {
    return prefix.readUInt32LE(0);
  },

  /** The checksum of the file up to the end of these bytes; nothing where they are not those that were written. */
  sumBehind(prefix: Buffer, bytes: Uint8Array, sum: number): number | undefined {
    if (frame.sumOf(bytes, frame.sumOf(prefix.subarray(0, 4), sum)) !== prefix.readUInt32LE(4)) return undefined;
    return frame.sumOf(bytes, frame.sumOf(prefix, sum));
  },

  /** The checksum of what had `sum` and of these bytes behind it. */
  sumOf(bytes: Uint8Array, sum = 0): number {
    // Asked for the checksum of nothing, zlib may forget the one before.
    return bytes.length === 0 ? sum : crc32(bytes, sum);
  },
};

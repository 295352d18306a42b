import { crc32 } from 'node:zlib';

/** 32 bits that tell one message from another with the same id: a checksum of its topic and its payload. */
export function contentDigest(topic: string, payload: Uint8Array): number {
  // Turned around in between, so that it matters where the one ends and the other begins.
  const start = ~crc32(topic) >>> 0;
  // Asked for the checksum of nothing, zlib may forget the one before.
  return payload.length === 0 ? start : crc32(payload, start);
}

import { crc32 } from 'node:zlib';

/** Checksums of topics: the same few come again and again, and each takes as long as a whole message's. */
const ofTopics = new Map<string, number>();
const mostTopics = 1_024;

/** 32 bits that tell one message from another with the same id: a checksum of its topic and its payload. */
export function contentDigest(topic: string, payload: Uint8Array): number {
  const start = ofTopics.get(topic) ?? ofNewTopic(topic);
  // Asked for the checksum of nothing, zlib may forget the one before.
  return payload.length === 0 ? start : crc32(payload, start);
}

function ofNewTopic(topic: string): number {
  // Turned around, so that it matters where the topic ends and the payload begins.
  const start = ~crc32(topic) >>> 0;
  if (ofTopics.size === mostTopics) ofTopics.clear();
  ofTopics.set(topic, start);
  return start;
}

const offset = 0x811c9dc5;
const prime = 0x01000193;

/** 32 bits that tell one message from another with the same id: FNV-1a over its topic and its payload. */
export function contentDigest(topic: string, payload: Uint8Array): number {
  let hash = offset;
  for (let at = 0; at < topic.length; at++) hash = Math.imul(hash ^ topic.charCodeAt(at), prime);
  hash = Math.imul(hash, prime);
  for (const byte of payload) hash = Math.imul(hash ^ byte, prime);
  return hash >>> 0;
}

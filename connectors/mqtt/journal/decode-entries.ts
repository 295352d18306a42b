import { ValueDecoder } from '../../../core/encoding/value-decoder.ts';
import type { InboundMessage } from '../wire/inbound.ts';
import { entryTag, type JournalEntry, type JournalMessage, messageLayout } from './journal-entry.ts';

const lengthBytes = 4;
const noProperties: InboundMessage['properties'] = Object.freeze({});

/** How many bytes at the beginning of these are needed for one entry. */
export function bytesOfEntry(bytes: Buffer): number {
  return bytes.length < lengthBytes ? lengthBytes : lengthBytes + bytes.readUInt32LE();
}

/**
 * The entries that these bytes are, one behind the other.
 *
 * @throws RangeError where they are none.
 */
export function decodeEntries(bytes: Buffer): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + bytesOfEntry(bytes.subarray(at));
    if (end > bytes.length) throw new RangeError('an entry is beyond the end');
    entries.push(decodeEntry(bytes.subarray(at + lengthBytes, end)));
    at = end;
  }
  return entries;
}

function decodeEntry(bytes: Buffer): JournalEntry {
  switch (bytes[0]) {
    case entryTag.message:
      return decodeMessage(bytes);
    case entryTag.released:
      return { kind: 'released', id: bytes.readUInt16LE(1) };
    case entryTag.forgotten:
      return { kind: 'forgotten' };
    case entryTag.held: {
      const ids = new Map<number, number>();
      for (let at = 1; at < bytes.length; at += 6) ids.set(bytes.readUInt16LE(at), bytes.readUInt32LE(at + 2));
      return { kind: 'held', ids };
    }
    case entryTag.done:
      return { kind: 'done', number: bytes.readDoubleLE(1) };
    default:
      throw new RangeError(`there is no entry of kind ${bytes[0]}`);
  }
}

function decodeMessage(bytes: Buffer): JournalMessage {
  const flags = bytes.readUInt8(messageLayout.flags);
  const topicEnd = messageLayout.rest + bytes.readUInt16LE(messageLayout.topicLength);
  const propertiesEnd = topicEnd + bytes.readUInt32LE(messageLayout.propertiesLength);
  const message = {
    topic: bytes.toString('utf8', messageLayout.rest, topicEnd),
    payload: bytes.subarray(propertiesEnd),
    qos: (flags & 3) as 0 | 1 | 2,
    id: bytes.readUInt16LE(messageLayout.id),
    retain: (flags & 4) !== 0,
    duplicate: (flags & 8) !== 0,
    properties: decodeProperties(bytes.subarray(topicEnd, propertiesEnd)),
  };
  return { kind: 'message', message, receivedAt: bytes.readDoubleLE(messageLayout.receivedAt) };
}

function decodeProperties(bytes: Buffer): InboundMessage['properties'] {
  if (bytes.length === 0) return noProperties;
  let left: Buffer | undefined = bytes;
  const decoder = new ValueDecoder(() => {
    const chunk = left;
    left = undefined;
    return chunk;
  }, bytes.length);
  const properties = decoder.decode() as Record<string, unknown>;
  // As mqtt.js has it: the correlation data are a Buffer.
  for (const [name, value] of Object.entries(properties)) {
    if (value instanceof Uint8Array) properties[name] = Buffer.from(value.buffer, value.byteOffset, value.length);
  }
  return properties;
}

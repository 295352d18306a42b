import { ValueEncoder } from '../../../core/encoding/value-encoder.ts';
import { entryTag, type JournalEntry, type JournalMessage, messageLayout } from './journal-entry.ts';

const lengthBytes = 4;
const nothing = Buffer.alloc(0);

/** An entry as bytes, its length in front. */
export function encodeEntry(entry: JournalEntry): Buffer {
  switch (entry.kind) {
    case 'message':
      return encodeMessage(entry);
    case 'released': {
      const [whole, bytes] = room(3);
      bytes[0] = entryTag.released;
      bytes.writeUInt16LE(entry.id, 1);
      return whole;
    }
    case 'forgotten': {
      const [whole, bytes] = room(1);
      bytes[0] = entryTag.forgotten;
      return whole;
    }
    case 'held': {
      const [whole, bytes] = room(1 + entry.ids.size * 6);
      bytes[0] = entryTag.held;
      let at = 1;
      for (const [id, digest] of entry.ids) {
        at = bytes.writeUInt16LE(id, at);
        at = bytes.writeUInt32LE(digest, at);
      }
      return whole;
    }
    case 'done': {
      const [whole, bytes] = room(9);
      bytes[0] = entryTag.done;
      bytes.writeDoubleLE(entry.number, 1);
      return whole;
    }
  }
}

function encodeMessage({ message, receivedAt }: JournalMessage): Buffer {
  const { topic, payload, qos, id, retain, duplicate } = message;
  const properties = encodeProperties(message.properties);
  const topicLength = Buffer.byteLength(topic);
  const [whole, bytes] = room(messageLayout.rest + topicLength + properties.length + payload.length);
  bytes[0] = entryTag.message;
  bytes[messageLayout.flags] = qos | (retain ? 4 : 0) | (duplicate ? 8 : 0);
  bytes.writeUInt16LE(id, messageLayout.id);
  bytes.writeDoubleLE(receivedAt, messageLayout.receivedAt);
  bytes.writeUInt16LE(topicLength, messageLayout.topicLength);
  bytes.writeUInt32LE(properties.length, messageLayout.propertiesLength);
  let at = messageLayout.rest;
  at += bytes.write(topic, at, 'utf8');
  bytes.set(properties, at);
  bytes.set(payload, at + properties.length);
  return whole;
}

function encodeProperties(properties: object): Buffer {
  // Of most messages there are none.
  for (const _ in properties) {
    return Buffer.concat(Array.from(new ValueEncoder().encode(properties), (chunk) => chunk.slice()));
  }
  return nothing;
}

/** The whole, and the part of it that is behind the length. */
function room(length: number): readonly [Buffer, Buffer] {
  const whole = Buffer.allocUnsafe(lengthBytes + length);
  whole.writeUInt32LE(length);
  return [whole, whole.subarray(lengthBytes)];
}

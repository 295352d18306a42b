/** The bytes in which members of a group tell what they read, and learn what is theirs: of Kafka's protocol for consumers. */
const version = 0;

/** What a member says when it joins, with data of its own. */
export function encodeMember(topics: readonly string[], userData: Buffer): Buffer {
  return Buffer.concat([int16(version), int32(topics.length), ...topics.map(text), int32(userData.length), userData]);
}

/** The data of its own that a member has sent. */
export function userDataOf(member: Buffer): Buffer {
  let at = 2;
  const count = member.readInt32BE(at);
  at += 4;
  for (let i = 0; i < count; i++) at += 2 + member.readInt16BE(at);
  const length = member.readInt32BE(at);
  return member.subarray(at + 4, at + 4 + Math.max(0, length));
}

export function encodeAssignment(partitions: Readonly<Record<string, readonly number[]>>): Buffer {
  const topics = Object.entries(partitions).flatMap(([topic, list]) => [
    text(topic),
    int32(list.length),
    ...list.map(int32),
  ]);
  return Buffer.concat([int16(version), int32(Object.keys(partitions).length), ...topics, int32(0)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

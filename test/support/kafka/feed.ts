import { partitionOfKey } from '../../../connectors/kafka/murmur2.ts';
import { differences } from './differences.ts';
import { send } from './messages.ts';
import { expectedRows, type Reading, readingMessages, readings } from './readings.ts';

type Expected = ReturnType<typeof expectedRows>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes the input bit by bit, so that whoever comes and goes meanwhile comes and goes in the middle of it. */
export async function feed(
  topic: string,
  { count, pieces, partitions }: { readonly count: number; readonly pieces: number; readonly partitions: number },
): Promise<readonly Reading[]> {
  const all = readings(count, 7);
  const messages = readingMessages(all, partitions);
  const each = Math.ceil(messages.length / pieces);
  for (let at = 0; at < messages.length; at += each) {
    await send(topic, messages.slice(at, at + each));
    await pause(200);
  }
  return all;
}

/** So late that every window before it is over: one for each partition that keys may have. */
export async function sendLastWords(topic: string, all: readonly Reading[], partitions: number): Promise<void> {
  const at = all.at(-1)!.at + 3_600_000;
  const found = new Map<number, string>();
  for (let i = 0; found.size < partitions; i++)
    found.set(partitionOfKey(Buffer.from(`end${i}`), partitions), `end${i}`);
  const messages = [...found].map(([partition, key]) => ({ partition, key, value: JSON.stringify({ key, at, v: 0 }) }));
  await send(topic, messages);
}

/** What is still wrong with the rows in the end. */
export async function untilWritten(to: string, expected: Expected): Promise<readonly string[]> {
  const until = Date.now() + 40_000;
  for (;;) {
    const found = await differences(to, expected);
    if (found.length === 0 || Date.now() > until) return found;
    await pause(300);
  }
}

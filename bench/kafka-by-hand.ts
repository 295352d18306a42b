import type { Kafka } from 'kafkajs';

interface Reading {
  readonly device: string;
  readonly at: number;
  readonly temperature: number;
}

interface Part {
  sum: number;
  max: number;
  n: number;
}

export interface HandWritten {
  readonly size: number;
  readonly slide: number;
  readonly from: string;
  readonly to: string;
  readonly messages: number;
}

const outOfOrderness = 1_000;
const rowsOfARequest = 1_000;

/** Windows by device as one would write them for kafkajs alone: parts of `slide` ms, put together when a window is over. */
export async function byHand(kafka: Kafka, { size, slide, from, to, messages }: HandWritten): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  const consumer = kafka.consumer({ groupId: to });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [from], fromBeginning: true });
  const parts = new Map<number, Map<string, Part>>();
  let rows: { key: string; value: string; timestamp: string }[] = [];
  let [seen, latest, nextEnd] = [0, 0, 0];

  const close = (end: number): void => {
    const whole = new Map<string, Part>();
    for (let start = end - size; start < end; start += slide) {
      for (const [device, { sum, max, n }] of parts.get(start) ?? []) {
        const found = whole.get(device);
        if (found === undefined) whole.set(device, { sum, max, n });
        else {
          found.sum += sum;
          found.n += n;
          if (max > found.max) found.max = max;
        }
      }
    }
    for (const [device, { sum, max, n }] of whole) {
      const row = { device, windowStart: end - size, windowEnd: end, mean: sum / n, max, n };
      rows.push({ key: device, value: JSON.stringify(row), timestamp: String(end - 1) });
    }
    parts.delete(end - size);
  };

  const take = ({ device, at, temperature }: Reading): void => {
    const start = at - (at % slide);
    let own = parts.get(start);
    if (own === undefined) parts.set(start, (own = new Map<string, Part>()));
    const found = own.get(device);
    if (found === undefined) own.set(device, { sum: temperature, max: temperature, n: 1 });
    else {
      found.sum += temperature;
      found.n++;
      if (temperature > found.max) found.max = temperature;
    }
    if (nextEnd === 0) nextEnd = start + slide;
    if (at <= latest) return;
    latest = at;
    for (; nextEnd <= latest - outOfOrderness; nextEnd += slide) close(nextEnd);
  };

  const send = async (): Promise<void> => {
    for (let at = 0; at < rows.length; at += rowsOfARequest) {
      await producer.send({ topic: to, messages: rows.slice(at, at + rowsOfARequest) });
    }
    rows = [];
  };

  await new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: { batch: { messages: { value: Buffer | null }[] } }): Promise<void> => {
      for (const { value } of batch.messages) take(JSON.parse(String(value)) as Reading);
      seen += batch.messages.length;
      if (seen === messages) for (; parts.size > 0; nextEnd += slide) close(nextEnd);
      if (rows.length >= rowsOfARequest || seen === messages) await send();
      if (seen === messages) resolve();
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  await Promise.all([consumer.disconnect(), producer.disconnect()]);
}

import { expect, it } from 'vitest';
import { fromKafka } from '../../connectors/kafka/index.ts';
import { count, json, type Rejection, stream } from '../../src/index.ts';
import { testSink } from '../../src/testing/index.ts';
import { send } from '../support/kafka/messages.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

interface Reading {
  readonly at: number;
}

const start = Date.UTC(2026, 0, 1);
const year = 365 * 86_400_000;

/** Partitions 0 to 2 speak for a minute, partition 3 never; the last record but one of partition 0 is a year ahead of us all. */
async function input(): Promise<string> {
  const topic = await testTopic(4);
  const messages = Array.from({ length: 180 }, (_, index) => ({
    partition: index % 3,
    value: JSON.stringify({ at: start + Math.floor(index / 3) * 1_000 }),
  }));
  const ahead = { partition: 0, value: JSON.stringify({ at: Date.now() + year }) };
  await send(topic, [...messages.slice(0, -3), ahead, ...messages.slice(-3)]);
  return topic;
}

it('a partition that says nothing holds windows back for `idleAfter` and no longer, and a record from the future moves nothing', async () => {
  const topic = await input();
  const rejections: Rejection[] = [];
  const sink = testSink<{ windowStart: number; n: number }>();
  const source = fromKafka({
    kafka: kafkaClient(),
    topic,
    groupId: uniqueName('group'),
    value: json<Reading>(),
    from: 'earliest',
  });
  const job = stream(source)
    .eventTime('at', { idleAfter: '1s' })
    .tumblingWindow('10s')
    .aggregate({ n: count() })
    .onReject((rejection) => void rejections.push(rejection))
    .to(sink);
  const running = job.run();
  // The last window stays open until all of them are idle.
  while (sink.rows.length < 5) await new Promise((resolve) => setTimeout(resolve, 50));
  await job.stop();
  const { balanced } = await running;
  expect(balanced).toBe(true);
  expect(sink.rows.slice(0, 5).map(({ windowStart, n }) => [(windowStart - start) / 1_000, n])).toEqual([
    [0, 30],
    [10, 30],
    [20, 30],
    [30, 30],
    [40, 30],
  ]);
  expect(rejections).toMatchObject([
    { kind: 'ahead', origin: { source: `kafka:${topic}`, partition: '0', offset: '59' } },
  ]);
});

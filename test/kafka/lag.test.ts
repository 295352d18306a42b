import { expect, it } from 'vitest';
import { fromKafka } from '../../connectors/kafka/index.ts';
import { stream, text } from '../../src/index.ts';
import { testSink } from '../../src/testing/index.ts';
import { abortedMessages, send, sendInTransaction } from '../support/kafka/messages.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

const values = (...all: readonly string[]) => all.map((value) => ({ partition: 0, value }));
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

it('a group has no lag behind the markers and the aborted messages at the end of a topic', async () => {
  const [topic, groupId] = [await testTopic(), uniqueName('group')];
  await send(topic, values('a'));
  await sendInTransaction(topic, values('b'));
  const sink = testSink<string>();
  const source = fromKafka({ kafka: kafkaClient(), topic, groupId, value: text(), from: 'earliest' });
  const job = stream(source).to(sink);
  const running = job.run({ every: 100 });
  while (sink.rows.length < 2) await pause();
  await abortedMessages(topic, values('x', 'y'));
  const admin = kafkaClient().admin();
  await admin.connect();
  const lag = async (): Promise<number> => {
    const [[end], [own]] = [
      await admin.fetchTopicOffsets(topic),
      await admin.fetchOffsets({ groupId, topics: [topic] }),
    ];
    return Number(end?.high) - Number(own?.partitions[0]?.offset);
  };
  while ((await lag()) > 0) await pause();
  expect([sink.rows, await lag()]).toEqual([['a', 'b'], 0]);
  await admin.disconnect();
  await job.stop();
  expect((await running).balanced).toBe(true);
});

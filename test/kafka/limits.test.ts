import { expect, it } from 'vitest';
import { text } from '../../core/format/text.ts';
import { readUntil } from '../support/connector-contract.ts';
import { abortedMessages, send } from '../support/kafka/messages.ts';
import { openSource } from '../support/kafka/open-source.ts';
import { testTopic } from '../support/kafka/test-topic.ts';

it('a limit of kafkajs: behind a key of four zero bytes, aborted messages of its transaction are read', async () => {
  const topic = await testTopic();
  await abortedMessages(topic, [
    { partition: 0, key: 'a', value: 'unseen' },
    { partition: 0, key: Buffer.alloc(4), value: 'seen' },
    { partition: 0, key: 'b', value: 'seen, too' },
  ]);
  await send(topic, [{ partition: 0, value: 'committed' }]);
  const read = await readUntil(openSource({ topic, value: text(), until: 'now' }), () => false);
  // When this fails, somebody has mended kafkajs: docs/connectors/kafka.md says that it is so.
  expect(read.batches.flatMap(({ records }) => records)).toEqual(['seen', 'seen, too', 'committed']);
});

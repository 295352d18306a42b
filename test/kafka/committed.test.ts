import { expect, inject, it } from 'vitest';
import { text } from '../../core/format/text.ts';
import { readUntil } from '../support/connector-contract.ts';
import { runJava } from '../support/kafka/java.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { openSource } from '../support/kafka/open-source.ts';
import { send } from '../support/kafka/messages.ts';
import { randomFrom } from '../support/random.ts';

const program = `
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

class Reader {
  public static void main(String[] given) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", given[0]);
    settings.put("isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition(given[1], 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end)
        for (var each : consumer.poll(Duration.ofMillis(200))) System.out.println(each.value());
    }
  }
}
`;

/** Producers whose transactions lie between each other, and end in another order than they began; half of them are given up. */
async function mixture(topic: string): Promise<void> {
  const random = randomFrom(5);
  const producers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const producer = kafkaClient().producer({ transactionalId: uniqueName('mixed'), maxInFlightRequests: 1 });
      await producer.connect();
      return producer;
    }),
  );
  const open = new Map<number, Awaited<ReturnType<(typeof producers)[number]['transaction']>>>();
  for (let turn = 0; turn < 120; turn++) {
    const which = Math.floor(random() * producers.length);
    const transaction = open.get(which) ?? (await producers[which]!.transaction());
    open.set(which, transaction);
    const key = random() < 0.1 ? Buffer.alloc(4) : `k${which}`;
    await transaction.send({ topic, messages: [{ partition: 0, key, value: `${which} ${turn}` }] });
    if (random() > 0.25) continue;
    await (random() < 0.6 ? transaction.abort() : transaction.commit());
    open.delete(which);
  }
  for (const transaction of open.values()) await transaction.abort();
  await Promise.all(producers.map((each) => each.disconnect()));
}

it('reads what the Java client reads of transactions that lie between each other', async () => {
  const topic = await testTopic();
  await mixture(topic);
  await send(topic, [{ partition: 0, value: 'last' }]);
  const [brokers = ''] = inject('kafkaBrokers');
  const expected = await runJava('Reader', program, [brokers, topic]);
  expect(expected.length).toBeGreaterThan(20);
  const read = await readUntil(openSource({ topic, value: text(), until: 'now' }), () => false);
  expect(read.batches.flatMap(({ records }) => records)).toEqual(expected);
  // And from any place: transactions that began before it are given up behind it.
  for (const from of [1, 5, 17, 40, 77]) {
    const offsets = { [`${topic}/0`]: String(from) };
    const rest = await readUntil(openSource({ topic, value: text(), until: 'now', from: { offsets } }), () => false);
    const records = rest.batches.flatMap((batch) => batch.records);
    expect([from, records]).toEqual([from, expected.slice(expected.length - records.length)]);
    const origins = read.batches.flatMap((batch) =>
      batch.records.map((_, index) => Number(batch.origin(index)?.['offset'])),
    );
    expect(records).toHaveLength(origins.filter((offset) => offset >= from).length);
  }
});

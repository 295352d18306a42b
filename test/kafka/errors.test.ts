import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toKafka } from '../../connectors/kafka/index.ts';
import type { KafkaClient } from '../../connectors/kafka/index.ts';
import { bytes } from '../../core/format/bytes.ts';
import { text } from '../../core/format/text.ts';
import { readUntil, sinkRequestOf } from '../support/connector-contract.ts';
import { freePort } from '../support/free-port.ts';
import { openSource } from '../support/kafka/open-source.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

const hasty = { retry: { retries: 1, initialRetryTime: 10 }, requestTimeout: 500, connectionTimeout: 500 };

async function listening(answer: (server: Server) => Server): Promise<number> {
  const server = answer(createServer());
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return port;
}

/** Both directions, at least once and exactly once. */
async function failures(kafka: KafkaClient, topic = 'anything'): Promise<readonly unknown[]> {
  const sink = toKafka<string>({ kafka, topic, value: text(), guarantee: 'at-least-once' });
  const deciding = toKafka<string>({ kafka, topic, value: text() });
  const { signal } = new AbortController();
  const asked = [
    openSource({ kafka, topic, value: text() }).next(),
    sink.open(sinkRequestOf()),
    Promise.resolve(deciding.decide?.({ job: uniqueName('job'), signal })),
  ];
  const outcomes = await Promise.allSettled(asked);
  return outcomes.map((each) => (each.status === 'rejected' ? (each.reason as unknown) : 'no failure'));
}

describe('the outside world of Kafka', () => {
  it('has no broker at that address: retryable', async () => {
    const kafka = kafkaClient({ brokers: [`127.0.0.1:${await freePort()}`], ...hasty });
    for (const failure of await failures(kafka)) {
      expect(failure).toMatchObject({ code: 'ML_KAFKA_UNREACHABLE', retryable: true, name: 'ConnectorError' });
    }
  });

  it.each([
    ['closes the connection', (server: Server) => server.on('connection', (socket) => socket.destroy())],
    ['says nothing', (server: Server) => server],
    [
      'speaks something else',
      (server: Server) => server.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
  ])('has a port that %s', async (_, answer) => {
    const kafka = kafkaClient({ brokers: [`127.0.0.1:${await listening(answer)}`], ...hasty });
    for (const failure of await failures(kafka)) {
      expect(failure).toMatchObject({ code: 'ML_KAFKA_NO_ANSWER', retryable: true });
      expect((failure as Error).message).toMatch(/is it the port of a broker/);
    }
  });

  it('has no such topic, and gets none', async () => {
    const topic = uniqueName('never');
    for (const failure of await failures(kafkaClient(), topic)) {
      expect(failure).toMatchObject({ code: 'ML_KAFKA_UNKNOWN_TOPIC', retryable: false });
      expect((failure as Error).message).toContain(topic);
    }
    const admin = kafkaClient().admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain(topic);
    await admin.disconnect();
  });

  it('takes no transaction that is longer than it allows', async () => {
    const topic = await testTopic();
    const sink = toKafka<string>({ kafka: kafkaClient(), topic, value: text(), transactionTimeout: '7d' });
    const { signal } = new AbortController();
    await expect(sink.decide?.({ job: uniqueName('job'), signal })).rejects.toThrow(/transaction.max.timeout.ms/);
  });

  it('takes no message that is larger than the topic allows: the row is wrong', async () => {
    const topic = await testTopic(1, { 'max.message.bytes': '1000' });
    const sink = toKafka<Uint8Array>({ kafka: kafkaClient(), topic, value: bytes(), guarantee: 'at-least-once' });
    const writer = await sink.open(sinkRequestOf());
    onTestFinished(() => writer.close());
    expect(() => writer.write(new Uint8Array(1_000), 0)).toThrow(
      /a message of 1064 bytes is more than the topic takes \(1000\)/,
    );
    writer.write(new Uint8Array(800), 0);
    writer.write(new Uint8Array(800), 0);
    expect(writer.buffered.records).toBe(2);
  });

  it('holds messages in a compression that kafkajs has no codec for', async () => {
    const topic = await testTopic();
    const { default: kafkajs } = await import('kafkajs');
    const { CompressionCodecs, CompressionTypes } = kafkajs;
    const missing = CompressionCodecs[CompressionTypes.LZ4];
    // Bytes of some other codec, as a producer with it would send them.
    CompressionCodecs[CompressionTypes.LZ4] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(lz4Frame(buffer)),
      decompress: (buffer: Buffer) => Promise.resolve(buffer),
    });
    const producer = kafkaClient().producer();
    await producer.connect();
    await producer.send({ topic, compression: CompressionTypes.LZ4, messages: [{ partition: 0, value: 'a' }] });
    await producer.disconnect();
    CompressionCodecs[CompressionTypes.LZ4] = missing as never;
    const reading = readUntil(openSource({ topic, value: text() }), ({ count }) => count === 1);
    await expect(reading).rejects.toMatchObject({ code: 'ML_KAFKA_COMPRESSION', retryable: false });
    await expect(reading).rejects.toThrow(/register one in its `CompressionCodecs`/);
  });

  it('holds gzip, which is read and written without more', async () => {
    const topic = await testTopic();
    const sink = toKafka<string>({
      kafka: kafkaClient(),
      topic,
      value: text(),
      guarantee: 'at-least-once',
      compression: 'gzip',
    });
    const writer = await sink.open(sinkRequestOf());
    writer.write('a'.repeat(10_000), 0);
    await writer.send();
    await writer.close();
    const read = await readUntil(openSource({ topic, value: text(), until: 'now' }), () => false);
    expect(read.batches.flatMap(({ records }) => records)).toEqual(['a'.repeat(10_000)]);
  });
});

/** A frame of LZ4 with one block that is not compressed: brokers look into it. */
function lz4Frame(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((body.length | 0x80000000) >>> 0);
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]), size, body, Buffer.alloc(4)]);
}

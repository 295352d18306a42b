import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { directory } from '../../connectors/files/index.ts';
import { fromKafka, toKafka } from '../../connectors/kafka/index.ts';
import { count, json, stream } from '../../src/index.ts';
import { readTopic, send } from '../support/kafka/messages.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-kafka-state-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const row = (at: number) => ({ partition: 0, value: JSON.stringify({ at }) });

it('a job goes on from run to run with its windows open, and is refused where their state is gone', async () => {
  const [from, to, name, path] = [await testTopic(), await testTopic(), uniqueName('job'), await folder()];
  const kafka = kafkaClient();
  const run = (store: string) =>
    stream(
      fromKafka({ kafka, topic: from, groupId: name, value: json<{ at: number }>(), from: 'earliest', until: 'now' }),
    )
      .eventTime('at')
      .tumblingWindow(10)
      .aggregate({ n: count() })
      .to(toKafka({ kafka, topic: to, value: json(), timestamp: 'now' }))
      .run({ name, checkpoint: directory(store), atEnd: 'keep' });
  await send(from, [row(1), row(2)]);
  expect((await run(path)).state).toBe('completed');
  await send(from, [row(3), row(11)]);
  expect((await run(path)).state).toBe('completed');
  await expect(run(await folder())).rejects.toMatchObject({ code: 'ML_CHECKPOINT_CORRUPT' });
  const rows = async () => (await readTopic(to)).map(({ value }) => JSON.parse(value ?? '') as unknown);
  expect(await rows()).toMatchObject([{ n: 3 }]);
});

it('a job without transactions is refused, too, where its group has a position and its windows are gone', async () => {
  const [from, to, name] = [await testTopic(), await testTopic(), uniqueName('job')];
  const kafka = kafkaClient();
  const run = async (isStateful: boolean) => {
    const read = stream(
      fromKafka({ kafka, topic: from, groupId: name, value: json<{ at: number }>(), from: 'earliest', until: 'now' }),
    );
    const chain = isStateful ? read.eventTime('at').tumblingWindow(10).aggregate({ n: count() }) : read;
    const sink = toKafka<object>({ kafka, topic: to, value: json(), guarantee: 'at-least-once', timestamp: 'now' });
    return await chain
      .map((each): object => each)
      .to(sink)
      .run({ name, checkpoint: directory(await folder()) });
  };
  await send(from, [row(1), row(2)]);
  expect((await run(true)).state).toBe('completed');
  await expect(run(true)).rejects.toMatchObject({ code: 'ML_KAFKA_STATE_GONE' });
  await send(from, [row(3)]);
  expect((await run(false)).state).toBe('completed');
  expect((await readTopic(to)).map(({ value }) => value).at(-1)).toBe('{"at":3}');
});

it('passes credentials through, and shows them nowhere', async () => {
  const secret = 'correct-horse-battery';
  const kafka = kafkaClient({
    sasl: { mechanism: 'plain', username: 'somebody', password: secret },
    retry: { retries: 0 },
    requestTimeout: 500,
  });
  const topic = await testTopic();
  const source = fromKafka({ kafka, topic, groupId: uniqueName('group'), value: json<object>(), from: 'earliest' });
  const job = stream(source).to(toKafka({ kafka, topic, value: json(), guarantee: 'at-least-once' }));
  const failed = await job.run({ restart: false }).catch((cause: unknown) => cause as Error & { code: string });
  expect(failed).toBeInstanceOf(Error);
  const shown = [(failed as Error).message, job.explain(), JSON.stringify(failed), String((failed as Error).cause)];
  expect(shown.join()).not.toContain(secret);
});

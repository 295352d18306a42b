import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Kafka, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directory } from '../../connectors/files/index.ts';
import { fromKafka, toKafka } from '../../connectors/kafka/index.ts';
import { count, type Job, json, stream } from '../../src/index.ts';
import { readTopic, send } from '../support/kafka/messages.ts';
import { type SecureKafka, startSecureKafka } from '../support/kafka/secure-kafka.ts';
import { sharedTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { tempFolder } from '../support/temp-folder.ts';

const users = { admin: 'of-the-admin', job: 'of-the-job-8c1f', nobody: 'of-nobody-41aa' };
const state = tempFolder();
let secure: SecureKafka;
let admin: Kafka;

beforeAll(async () => {
  secure = await startSecureKafka(users);
  admin = secure.client('admin', users.admin);
});
afterAll(() => secure.cluster.close());

interface Allowed {
  readonly type: AclResourceTypes;
  readonly name: string;
  readonly operations: readonly (keyof typeof AclOperationTypes)[];
}

async function allow(user: string, ...allowed: readonly Allowed[]): Promise<void> {
  const client = admin.admin();
  await client.connect();
  const acl = allowed.flatMap(({ type, name, operations }) =>
    operations.map((operation) => ({
      resourceType: type,
      resourceName: name,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${user}`,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );
  await client.createAcls({ acl });
  await client.disconnect();
}

async function topics(): Promise<{ readonly from: string; readonly to: string; readonly name: string }> {
  const [from, to] = [await sharedTopic(1, {}, undefined, admin), await sharedTopic(1, {}, undefined, admin)];
  await send(
    from,
    [1, 2, 11].map((at) => ({ partition: 0, value: JSON.stringify({ at }) })),
    admin,
  );
  return { from, to, name: uniqueName('secured') };
}

function windows(
  kafka: Kafka,
  { from, to, name }: { readonly from: string; readonly to: string; readonly name: string },
): Job {
  const source = fromKafka({
    kafka,
    topic: from,
    groupId: name,
    value: json<{ at: number }>(),
    from: 'earliest',
    until: 'now',
  });
  return stream(source)
    .eventTime('at')
    .tumblingWindow(10)
    .aggregate({ n: count() })
    .to(toKafka({ kafka, topic: to, value: json(), timestamp: 'now', guarantee: 'exactly-once' }));
}

it('a job from topic to topic, exactly once, over TLS, needs the ACLs that its page names and no more', async () => {
  const own = await topics();
  await allow(
    'job',
    { type: AclResourceTypes.TOPIC, name: own.from, operations: ['READ', 'DESCRIBE'] },
    { type: AclResourceTypes.GROUP, name: own.name, operations: ['READ', 'DESCRIBE'] },
    { type: AclResourceTypes.TOPIC, name: own.to, operations: ['WRITE', 'DESCRIBE', 'READ'] },
    { type: AclResourceTypes.TRANSACTIONAL_ID, name: `millrace.${own.name}`, operations: ['WRITE', 'DESCRIBE'] },
    { type: AclResourceTypes.GROUP, name: `millrace.${own.name}`, operations: ['READ'] },
  );
  const job = windows(secure.client('job', users.job), own);
  const report = await job.run({ name: own.name, checkpoint: directory(state) });
  expect(report.state).toBe('completed');
  const rows = (await readTopic(own.to, admin)).map(({ value }) => JSON.parse(value ?? '') as { n: number });
  expect(rows.map(({ n }) => n)).toEqual([2, 1]);
});

it('who may not is told so, and no secret is shown', async () => {
  const own = await topics();
  const kafka = secure.client('nobody', users.nobody);
  const told = async (job: Job, name: string): Promise<Error> => {
    const failed = await job
      .run({ name, checkpoint: directory(state), restart: false })
      .catch((cause: unknown) => cause);
    expect(failed).toMatchObject({ code: 'ML_KAFKA_NOT_AUTHORIZED', retryable: false });
    expect(job.explain()).not.toContain(users.nobody);
    return failed as Error;
  };
  const failures = [await told(windows(kafka, own), own.name)];
  await allow('nobody', { type: AclResourceTypes.TOPIC, name: own.from, operations: ['READ', 'DESCRIBE'] });
  const reading = stream(
    fromKafka({ kafka, topic: own.from, groupId: own.name, value: json<object>(), from: 'earliest' }),
  ).to(toKafka({ kafka, topic: own.to, value: json(), guarantee: 'at-least-once' }));
  failures.push(await told(reading, uniqueName('reading')));
  const wrong = secure.client('job', 'wrong-5d2e', { retry: { retries: 1 } });
  failures.push(await told(windows(wrong, own), own.name));
  for (const failure of failures) {
    const shown = `${failure.message} ${JSON.stringify(failure)} ${String(failure.cause)}`;
    for (const secret of [...Object.values(users), 'wrong-5d2e']) expect(shown).not.toContain(secret);
  }
});

it('a client without TLS is told that the port does not answer', async () => {
  const own = await topics();
  const plain = secure.client('job', users.job, { ssl: false, retry: { retries: 1 }, requestTimeout: 2_000 });
  const failing = windows(plain, own).run({ name: own.name, checkpoint: directory(state), restart: false });
  await expect(failing).rejects.toMatchObject({ code: 'ML_KAFKA_NO_ANSWER' });
});

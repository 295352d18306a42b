import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';

/** A client of a test's own, gone when the test is. */
export async function clientOf(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(url, { protocolVersion: 5, ...options });
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  await new Promise((resolve) => client.once('connect', resolve));
  return client;
}

/** Publishes all, in order, and waits until the broker has acknowledged them. */
export async function publishAll(
  client: MqttClient,
  topic: string | ((index: number) => string),
  payloads: readonly string[],
  options: IClientPublishOptions = { qos: 1 },
): Promise<void> {
  const publish = (payload: string, index: number): Promise<unknown> =>
    client.publishAsync(typeof topic === 'string' ? topic : topic(index), payload, options);
  // A broker takes only so many of QoS 2 at a time, and refuses the others.
  if (options.qos === 2) for (const [index, payload] of payloads.entries()) await publish(payload, index);
  else await Promise.all(payloads.map(publish));
}

/** A session that has subscribed, and left: what is published from now on waits for it. */
export async function leaveSession(
  url: string,
  clientId: string,
  topics: readonly string[],
  qos: 0 | 1 | 2 = 1,
  protocolVersion: 4 | 5 = 5,
): Promise<void> {
  const properties = protocolVersion === 5 ? { properties: { sessionExpiryInterval: 3_600 } } : {};
  const client = mqtt.connect(url, { clientId, clean: false, protocolVersion, ...properties });
  await client.subscribeAsync([...topics], { qos });
  await client.endAsync();
}

import type { MqttClient } from 'mqtt';
import { ConnectorError } from '../../../core/errors.ts';
import { hex } from './refusal.ts';

export interface Subscription {
  readonly where: string;
  readonly filters: readonly string[];
  readonly qos: 0 | 1 | 2;
  /** Whether the broker should send what it has kept. */
  readonly wantsRetained: boolean;
}

const refused = 0x80;
/** Retained messages: only where the subscription is new; never. */
const sendIfNew = 1;
const sendNone = 2;

/**
 * Asks for all topics at once. Answers whether the connection lasted so long.
 *
 * @throws ConnectorError (`ML_MQTT_SUBSCRIBE`) where the broker refuses one, or grants less than was asked for.
 */
export async function subscribe(client: MqttClient, subscription: Subscription): Promise<boolean> {
  const { where, filters, qos, wantsRetained } = subscription;
  const rh = client.options.protocolVersion === 5 ? { rh: wantsRetained ? sendIfNew : sendNone } : {};
  const granted = await new Promise<readonly number[] | Error>((resolve) => {
    client.subscribe([...filters], { qos, ...rh }, (error, _topics, packet) => {
      const answer = (packet ?? (error as { readonly packet?: typeof packet } | null)?.packet)?.granted;
      resolve((answer as readonly number[] | undefined) ?? error ?? new Error('no answer'));
    });
  });
  if (granted instanceof Error) return false;
  for (const [place, filter] of filters.entries()) {
    const code = granted[place] ?? refused;
    if (code >= refused) throw unusable(where, `the broker refuses "${filter}" (${hex(code)})`);
    if (code < qos)
      throw unusable(where, `the broker grants QoS ${code} for "${filter}", and not ${qos}; ask for no more`);
  }
  return true;
}

function unusable(where: string, what: string): ConnectorError {
  return new ConnectorError(where, what, { retryable: false, code: 'ML_MQTT_SUBSCRIBE' });
}

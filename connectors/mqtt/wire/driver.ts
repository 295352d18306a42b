import type { IClientOptions, MqttClient } from 'mqtt';
import { ConnectorError } from '../../../core/errors.ts';

/** What we need of the package `mqtt`. */
export interface MqttDriver {
  connect(url: string, options: IClientOptions): MqttClient;
}

type Loaded = Partial<MqttDriver> & { readonly default?: Partial<MqttDriver> };

/**
 * The package, when it is first needed: whoever reads no MQTT need not have it.
 *
 * @throws ConnectorError (`ML_MQTT_DRIVER`) where it is not installed.
 */
export async function loadDriver(
  where: string,
  load: () => Promise<unknown> = () => import('mqtt'),
): Promise<MqttDriver> {
  let loaded: Loaded;
  try {
    loaded = (await load()) as Loaded;
  } catch (cause) {
    const what = 'needs the package `mqtt`, version 5; install it beside millrace: npm install mqtt@5';
    throw new ConnectorError(where, what, { cause, retryable: false, code: 'ML_MQTT_DRIVER' });
  }
  const driver = loaded.default?.connect === undefined ? loaded : loaded.default;
  if (typeof driver.connect === 'function') return driver as MqttDriver;
  const what = 'the package `mqtt` that is installed has no `connect`; version 5 has';
  throw new ConnectorError(where, what, { retryable: false, code: 'ML_MQTT_DRIVER' });
}

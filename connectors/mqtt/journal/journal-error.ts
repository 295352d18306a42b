import { ConnectorError } from '../../../core/errors.ts';

/** A journal that cannot be gone on with: a person has to choose what to do. */
export function journalError(what: string, cause?: unknown): ConnectorError {
  const options = cause === undefined ? {} : { cause };
  return new ConnectorError('fromMqtt', what, { ...options, retryable: false, code: 'ML_MQTT_JOURNAL' });
}

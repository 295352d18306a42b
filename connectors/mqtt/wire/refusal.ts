import { ConnectorError } from '../../../core/errors.ts';

/** Of CONNACK: 4 and 5 are those of MQTT 3.1.1. */
const notAuthorized = [4, 5, 0x86, 0x87, 0x8a, 0x8c];
/** The broker may take us another time: unavailable, busy, shutting down, a quota or rate exceeded. */
const another = [3, 0x88, 0x89, 0x8b, 0x97, 0x9f];

const versions = [1, 0x84];

/** Why a broker refused a connection, with its reason code; nothing where trying again may help. */
export function connectionRefused(
  where: string,
  url: string,
  code: number,
  cause: unknown,
): ConnectorError | undefined {
  if (another.includes(code)) return undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = `the broker at ${place(url)} refuses the connection (${hex(code)}: ${reason})`;
  const cure = versions.includes(code) ? '; `connect: { protocolVersion: 4 }` speaks MQTT 3.1.1' : '';
  return new ConnectorError(where, what + cure, {
    cause,
    retryable: false,
    code: notAuthorized.includes(code) ? 'ML_MQTT_AUTH' : 'ML_MQTT_REFUSED',
  });
}

/** The session has gone to somebody else who came with our id. */
export function sessionTaken(where: string, clientId: string, how: string): ConnectorError {
  const what = `another client has taken over the session of "${clientId}" (${how})`;
  const cure = 'every client needs an id of its own; stop the other one, or choose another id';
  return new ConnectorError(where, `${what}; ${cure}`, { retryable: false, code: 'ML_MQTT_SESSION_TAKEN' });
}

/** Where the broker is, without what is secret in its address. */
export function place(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return url;
  }
}

export function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

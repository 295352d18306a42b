import type { Rejection } from './rejection.ts';
import { show } from './show.ts';

/** Every code that an error of ours may carry. A code never changes its meaning. */
export const errorCodes = [
  'ML_ARGUMENT',
  'ML_DATA',
  'ML_CONNECTOR',
  'ML_FILE_NOT_FOUND',
  'ML_FILE_EXISTS',
  'ML_LOCKED',
  'ML_FILE_CHANGED',
  'ML_MQTT_DRIVER',
  'ML_MQTT_AUTH',
  'ML_MQTT_REFUSED',
  'ML_MQTT_SESSION_TAKEN',
  'ML_MQTT_SUBSCRIBE',
  'ML_MQTT_PUBLISH',
  'ML_MQTT_JOURNAL',
  'ML_FAILED',
  'ML_SNAPSHOT',
  'ML_CHECKPOINT_CORRUPT',
  'ML_FINISHED',
  'ML_SOURCE',
  'ML_NEVER_IDLE',
  'ML_HELD',
  'ML_NOT_REPLAYABLE',
  'ML_AT_LEAST_ONCE',
  'ML_COUNTED_AGAIN',
  'ML_RESTARTED',
  'ML_DRAIN',
  'ML_NOT_CLOSED',
  'ML_TIMEOUT',
  'ML_FOREIGN',
  'ML_KAFKA_UNREACHABLE',
  'ML_KAFKA_NO_ANSWER',
  'ML_KAFKA_UNKNOWN_TOPIC',
  'ML_KAFKA_NOT_AUTHORIZED',
  'ML_KAFKA_TOO_LARGE',
  'ML_KAFKA_COMPRESSION',
  'ML_KAFKA_GROUP_IN_USE',
  'ML_KAFKA_PARTITIONS',
  'ML_KAFKA_GAP',
  'ML_KAFKA_STATE_GONE',
  'ML_KAFKA_FENCED',
] as const;

/** A code of `errorCodes`, or one of a connector outside this package. */
export type ErrorCode = (typeof errorCodes)[number] | (string & {});

/** What every error of ours is: an `Error` with a code that programs can rely on. */
export class StreamError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A wrong call: thrown at once, before anything is opened. */
export class ArgumentError extends StreamError {
  constructor(where: string, option: string, expected: string, received: unknown, hint?: string) {
    const help = hint === undefined ? '' : `; ${hint}`;
    super('ML_ARGUMENT', `${where}: \`${option}\` must be ${expected}, got ${show(received)}${help}`);
  }
}

/** A bad record under the policy `fail`. */
export class DataError extends StreamError {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super('ML_DATA', tell(rejection), 'cause' in rejection ? { cause: rejection.cause } : {});
    this.rejection = rejection;
  }
}

/** The outside world: a file, a broker, a database. */
export class ConnectorError extends StreamError {
  /** Whether the same call may succeed later, without anybody changing anything. */
  readonly retryable: boolean;

  constructor(
    where: string,
    what: string,
    options: { readonly cause?: unknown; readonly retryable: boolean; readonly code?: ErrorCode },
  ) {
    super(options.code ?? 'ML_CONNECTOR', `${where}: ${what}`, 'cause' in options ? { cause: options.cause } : {});
    this.retryable = options.retryable;
  }
}

function tell(rejection: Rejection): string {
  const where = rejection.origin === undefined ? '' : ` (${place(rejection.origin)})`;
  if (rejection.kind === 'failed') {
    return `${rejection.operator}: the callback threw ${show(rejection.cause)}${where}`;
  }
  const subject = rejection.field === undefined ? 'the record' : `\`${rejection.field}\``;
  return `${rejection.operator}: ${subject} must be ${rejection.rule}, got ${show(rejection.received)}${where}`;
}

function place(origin: Readonly<Record<string, string | number>>): string {
  const { source, ...rest } = origin;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [...(source === undefined ? [] : [String(source)]), ...details].join(', ');
}
